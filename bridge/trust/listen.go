package trust

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"
)

// Limits of connections that have not said yet what they speak.
const (
	firstByteTime = 5 * time.Second
	undecided     = 256
)

// handshake is the content type of a TLS record that begins a connection
// (RFC 8446, 5.1). No HTTP request begins with it.
const handshake = 0x16

// Listen makes a listener whose connections are TLS or plain, as their first
// byte tells: a *tls.Conn or not. Who says nothing is dropped, and holds up
// nobody else. Close closes l.
func Listen(l net.Listener, config *tls.Config) net.Listener {
	b := &both{Listener: l, config: config, decided: make(chan net.Conn), closed: make(chan struct{}), room: make(chan struct{}, undecided)}
	b.failed = make(chan error, 1)
	b.all.Go(b.accept)
	return b
}

type both struct {
	net.Listener
	config  *tls.Config
	decided chan net.Conn
	failed  chan error
	room    chan struct{}
	once    sync.Once
	closed  chan struct{}
	all     sync.WaitGroup
}

// Accept waits for a connection that has sent its first byte.
func (b *both) Accept() (net.Conn, error) {
	select {
	case c := <-b.decided:
		return c, nil
	case err := <-b.failed:
		b.failed <- err // for the next caller
		return nil, err
	case <-b.closed:
		return nil, net.ErrClosed
	}
}

// Close stops listening and drops who has not said anything yet.
func (b *both) Close() error {
	err := b.Listener.Close()
	b.once.Do(func() { close(b.closed) })
	b.all.Wait()
	return err
}

func (b *both) accept() {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			if t, ok := err.(interface{ Temporary() bool }); ok && t.Temporary() && b.rest() {
				continue // too many open files, for a moment
			}
			b.failed <- err
			return
		}
		select {
		case b.room <- struct{}{}:
			b.all.Go(func() { b.decide(c) })
		default:
			c.Close()
		}
	}
}

// rest waits for a moment, and tells whether to go on after it.
func (b *both) rest() bool {
	t := time.NewTimer(50 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-b.closed:
		return false
	}
}

// decide reads the first byte and hands the connection on.
func (b *both) decide(c net.Conn) {
	defer func() { <-b.room }()
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-b.closed:
			c.SetReadDeadline(time.Unix(1, 0))
		case <-stop:
		}
	})
	first := make([]byte, 1)
	c.SetReadDeadline(time.Now().Add(firstByteTime))
	_, err := io.ReadFull(c, first)
	close(stop)
	watch.Wait()
	if err != nil {
		c.Close()
		return
	}
	c.SetReadDeadline(time.Time{})
	var said net.Conn = &begun{Conn: c, first: bytes.NewReader(first)}
	if first[0] == handshake {
		said = tls.Server(said, b.config)
	}
	select {
	case b.decided <- said:
	case <-b.closed:
		c.Close()
	}
}

// begun is a connection whose first byte was read already.
type begun struct {
	net.Conn
	first *bytes.Reader
}

func (c *begun) Read(p []byte) (int, error) {
	if c.first.Len() > 0 {
		return c.first.Read(p)
	}
	return c.Conn.Read(p)
}

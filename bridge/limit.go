package bridge

import (
	"net"
	"sync"
)

// Connections that the box holds open at a time. A desk uses a handful; who
// opens more is shut out, and so costs nobody else a place.
const (
	connections = 1024
	perAddress  = 256
)

// limited is a listener that closes what comes beyond a number of connections,
// in all or from one address, without a word: there is no request to answer
// yet, and to read one would cost what the limit is to save.
type limited struct {
	net.Listener
	most, each int

	mu   sync.Mutex // guards what follows
	open map[string]int
	all  int
}

func limit(l net.Listener, most, each int) *limited {
	return &limited{Listener: l, most: most, each: each, open: make(map[string]int)}
}

// Accept gives the next connection that has a place.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := host(c.RemoteAddr())
		if l.take(from) {
			return &counted{Conn: c, leave: sync.OnceFunc(func() { l.free(from) })}, nil
		}
		c.Close()
	}
}

func (l *limited) take(from string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= l.most || l.open[from] >= l.each {
		return false
	}
	l.all++
	l.open[from]++
	return true
}

func (l *limited) free(from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.open[from]--; l.open[from] == 0 {
		delete(l.open, from)
	}
}

func host(a net.Addr) string {
	name, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return name
}

// counted gives its place back when it closes.
type counted struct {
	net.Conn
	leave func()
}

func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

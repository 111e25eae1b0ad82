package mdns

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	lookAgain = 15 * time.Second // for interfaces that came or have another address
	apart     = time.Second      // between two times that a record is said to all (RFC 6762, 6 and 8.3)
	largest   = 9000             // octets of a message (RFC 6762, 17)
)

// A link is one network that the box is in.
type link struct {
	conn     net.PacketConn
	group    net.Addr
	networks []netip.Prefix // addresses of the box there, with their networks
}

// Run answers for the service on every network of the box until ctx ends, and
// says goodbye then. Networks may come and go meanwhile.
func (s Service) Run(ctx context.Context, log *slog.Logger) error {
	if len(s.Hosts) == 0 || s.Name == "" || len(s.Name) > 63 {
		return fmt.Errorf("mdns: a service wants a name of 1 to 63 octets and a host, not %q and %q", s.Name, s.Hosts)
	}
	var links sync.WaitGroup
	defer links.Wait()
	running := make(map[string]context.CancelFunc) // by interface and addresses
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		found := interfaces()
		for key, stop := range running {
			if _, ok := found[key]; !ok {
				stop()
				delete(running, key)
			}
		}
		for key, i := range found {
			if running[key] != nil {
				continue
			}
			l, err := i.join()
			if err != nil {
				log.Debug("no multicast", "interface", i.Name, "err", err)
				continue
			}
			here, stop := context.WithCancel(ctx)
			running[key] = stop
			links.Go(func() { s.attend(here, l); stop() })
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// network is an interface that has IPv4 and multicast.
type network struct {
	net.Interface
	own []netip.Prefix
}

// interfaces finds the networks of the box, by name and addresses.
func interfaces() map[string]network {
	all, _ := net.Interfaces()
	found := make(map[string]network)
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		n := network{Interface: i}
		addresses, _ := i.Addrs()
		has4 := false
		for _, a := range addresses {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				n.own = append(n.own, p)
				has4 = has4 || p.Addr().Is4()
			}
		}
		if has4 {
			found[fmt.Sprint(i.Name, n.own)] = n
		}
	}
	return found
}

// join listens where everybody on the network speaks. Other programs of the box
// may listen there as well.
func (n network) join() (link, error) {
	conn, err := net.ListenMulticastUDP("udp4", &n.Interface, group)
	return link{conn: conn, group: group, networks: n.own}, err
}

// attend answers on one link until ctx ends, and closes its connection.
func (s Service) attend(ctx context.Context, l link) {
	var around sync.WaitGroup
	defer around.Wait()
	defer l.conn.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	around.Go(func() {
		s.announce(ctx, l)
		<-ctx.Done()
		l.conn.SetReadDeadline(time.Unix(1, 0))
	})
	said := make(map[string]time.Time) // records, when they were said to all
	b := make([]byte, largest)
	for {
		n, from, err := l.conn.ReadFrom(b)
		if ctx.Err() != nil {
			s.goodbye(l)
			return
		}
		if err != nil {
			return // the interface is gone; it may come again
		}
		if asker, ok := from.(*net.UDPAddr); ok {
			s.reply(l, b[:n], asker, said)
		}
	}
}

// reply answers one datagram. One from elsewhere than the link is not (RFC 6762,
// 11): by a forged address the box could be made to shout at strangers.
func (s Service) reply(l link, query []byte, asker *net.UDPAddr, said map[string]time.Time) {
	q, err := parse(query)
	if err != nil || !l.near(asker) {
		return
	}
	legacy := asker.Port != port
	a, ok := s.answer(q, l.addresses(), legacy)
	if !ok {
		return
	}
	if legacy || alone(q) {
		l.conn.WriteTo(a.append(nil), asker)
		return
	}
	if a.answers = fresh(a.answers, said, time.Now()); len(a.answers) > 0 {
		l.conn.WriteTo(a.append(nil), l.group)
	}
}

// alone tells whether every question wants its answer for the asker alone.
func alone(q message) bool {
	for _, asked := range q.questions {
		if !asked.unicast {
			return false
		}
	}
	return true
}

// fresh leaves out what was said to all within the last second (RFC 6762, 6).
func fresh(records []record, said map[string]time.Time, now time.Time) (left []record) {
	for _, r := range records {
		key := string(r.append(nil))
		if now.Sub(said[key]) >= apart {
			said[key] = now
			left = append(left, r)
		}
	}
	return left
}

func (l link) near(asker *net.UDPAddr) bool {
	at := asker.AddrPort().Addr().Unmap()
	for _, n := range l.networks {
		if n.Contains(at) {
			return true
		}
	}
	return false
}

func (l link) addresses() []netip.Addr {
	all := make([]netip.Addr, len(l.networks))
	for i, n := range l.networks {
		all[i] = n.Addr()
	}
	return all
}

// announce says twice, a second apart, that the service is there (RFC 6762, 8.3).
func (s Service) announce(ctx context.Context, l link) {
	hello := message{response: true, answers: s.records(l.addresses())}.append(nil)
	l.conn.WriteTo(hello, l.group)
	t := time.NewTimer(apart)
	defer t.Stop()
	select {
	case <-t.C:
		l.conn.WriteTo(hello, l.group)
	case <-ctx.Done():
	}
}

// goodbye says that the service is gone (RFC 6762, 10.1).
func (s Service) goodbye(l link) {
	gone := s.records(l.addresses())[1:] // that there are services of this kind, others may still say
	for i := range gone {
		gone[i].time = 0
	}
	l.conn.WriteTo(message{response: true, answers: gone}.append(nil), l.group)
}

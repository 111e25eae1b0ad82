package mdns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Box is a box as it says of itself. Nothing of it is proved, and its texts may
// hold anything.
type Box struct {
	Name      string
	Host      string // its name below .local
	Port      int
	Addresses []netip.Addr
	Text      map[string]string
}

// Find asks every network for boxes, twice a second apart, and collects who
// answers until ctx ends. The error tells that nobody could be asked.
func Find(ctx context.Context) ([]Box, error) {
	var askers sync.WaitGroup
	var heard sync.Mutex // guards found
	found := make(map[string]Box)
	var links []link
	var errs []error
	for _, n := range interfaces() {
		l, err := n.ask()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", n.Name, err))
			continue
		}
		links = append(links, l)
	}
	if len(links) == 0 {
		return nil, errors.Join(append(errs, errors.New("this computer is in no network that has multicast"))...)
	}
	for _, l := range links {
		askers.Go(func() {
			l.collect(ctx, func(b Box) {
				heard.Lock()
				defer heard.Unlock()
				found[strings.ToLower(b.Name)] = b
			})
		})
	}
	askers.Wait()
	return slices.SortedFunc(maps.Values(found), func(a, b Box) int { return cmp.Compare(a.Name, b.Name) }), nil
}

// ask opens a socket to ask a network from: another port than everybody's, so
// that answers come to it alone (RFC 6762, 5.1). That it has the interface's
// address makes the question go out there.
func (n network) ask() (link, error) {
	for _, p := range n.own {
		if p.Addr().Is4() {
			conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: p.Addr().AsSlice()})
			return link{conn: conn, group: group, networks: n.own}, err
		}
	}
	return link{}, errors.New("it has no IPv4 address")
}

// collect asks, and hands on who answers, until ctx ends. It closes the link.
func (l link) collect(ctx context.Context, found func(Box)) {
	var asking sync.WaitGroup
	defer asking.Wait()
	defer l.conn.Close()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	question := message{questions: []question{{name: serviceName, kind: kindPTR, class: classIN}}}.append(nil)
	asking.Go(func() {
		l.conn.WriteTo(question, l.group)
		t := time.NewTimer(apart)
		defer t.Stop()
		select {
		case <-t.C:
			l.conn.WriteTo(question, l.group)
		case <-ctx.Done():
		}
		<-ctx.Done()
		l.conn.SetReadDeadline(time.Unix(1, 0))
	})
	b := make([]byte, largest)
	for {
		n, _, err := l.conn.ReadFrom(b)
		if err != nil {
			return
		}
		if m, err := parse(b[:n]); err == nil && m.response {
			for _, box := range boxes(m) {
				found(box)
			}
		}
	}
}

// boxes are those that an answer tells of in full.
func boxes(m message) (found []Box) {
	all := slices.Concat(m.answers, m.more)
	for _, p := range all {
		if p.kind != kindPTR || !p.name.same(serviceName) || len(p.target) == 0 {
			continue
		}
		b := Box{Name: p.target[0], Text: make(map[string]string)}
		var host name
		for _, r := range all {
			switch {
			case r.kind == kindSRV && r.name.same(p.target):
				b.Port, host = int(r.port), r.target
			case r.kind == kindTXT && r.name.same(p.target):
				for _, s := range r.text {
					key, value, _ := strings.Cut(s, "=")
					b.Text[strings.ToLower(key)] = value
				}
			}
		}
		for _, r := range all {
			if r.address.IsValid() && r.name.same(host) {
				b.Addresses = append(b.Addresses, r.address)
			}
		}
		if b.Host = host.String(); b.Port > 0 && len(b.Addresses) > 0 {
			found = append(found, b)
		}
	}
	return found
}

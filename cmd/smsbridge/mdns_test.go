package main

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"smsbridge/bridge/mdns"
)

// What a box says of itself, and what find makes of it.
func TestAnnounced(t *testing.T) {
	o := newOffice(t, "--tls", "local")
	if strings.Contains(o.log.String(), "mdns") {
		t.Error("a box on loopback wants to be found")
	}
	s := serveSettings{name: strings.Repeat("ä", 40), listen: "0.0.0.0:8780", mdns: true, tls: tlsSettings{mode: tlsAuto, canonical: "desk.local", folder: t.TempDir()}}
	d, err := s.door("bx_XVZP", nil)
	if err != nil {
		t.Fatal(err)
	}
	said := s.announced("bx_XVZP", d, 8780)
	if len(said.Name) > 63 || !strings.HasSuffix(said.Name, "ä XVZP") {
		t.Errorf("its name is %q, of %d octets", said.Name, len(said.Name))
	}
	for _, host := range said.Hosts {
		if !d.local.May(host) || !slices.Contains(d.names, host) {
			t.Errorf("it announces %s, and does not answer to it", host)
		}
	}
	heard := mdns.Box{Name: said.Name, Port: said.Port, Addresses: []netip.Addr{netip.MustParseAddr("fe80::1"), netip.MustParseAddr("10.0.0.7")}, Text: map[string]string{}}
	for _, text := range said.Text {
		key, value, _ := strings.Cut(text, "=")
		heard.Text[key] = value
	}
	if f := newFoundBox(heard); f.ID != "bx_XVZP" || f.Name != s.name || f.URL != "https://desk.local:8780" || f.Pin != d.pin() {
		t.Errorf("found %+v", f)
	}
	t.Run("a hostile box", func(t *testing.T) {
		heard.Text = map[string]string{"id": "\x1b]0;taken\a", "name": "a\tb\n", "host": "evil.example/\x1b[2J", "pin": "\x1b[31m"}
		f := newFoundBox(heard)
		if f.URL != "http://10.0.0.7:8780" || strings.ContainsAny(f.ID+f.Name+f.Pin, "\x1b\a\t\n") {
			t.Errorf("found %+q", f)
		}
	})
	t.Run("only who may be found is announced", func(t *testing.T) {
		for listen, want := range map[string]bool{"0.0.0.0:8780": true, ":8780": true, "10.0.0.7:8780": true, "127.0.0.1:8780": false, "localhost:8780": false, "[::1]:8780": false} {
			s := serveSettings{listen: listen, mdns: true, insecure: true, tls: tlsSettings{mode: tlsAuto}}
			d, err := s.door("bx_XVZP", nil)
			if err != nil || d.announced != want {
				t.Errorf("%s: announced %v, %v", listen, d.announced, err)
			}
			s.mdns = false
			if d, err := s.door("bx_XVZP", nil); err != nil || d.announced || slices.Contains(d.names, lanName("bx_XVZP")) {
				t.Errorf("%s without --mdns: announced %v, %v", listen, d.announced, err)
			}
		}
	})
}

package hook

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"smsbridge/storage"
)

// names is a DNS server on loopback that answers as an attacker's would. A name
// under "rebind" leads to a public address at the first question and to
// loopback ever after; one under "both" to both at once; "to-A-B-C-D" to that
// address, "six" followed by hex to that IPv6 address.
type names struct {
	conn  net.PacketConn
	mu    sync.Mutex
	asked map[string]int
}

func serveNames(t testing.TB) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{conn: conn, asked: make(map[string]int)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			size, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := n.answer(buf[:size]); answer != nil {
				conn.WriteTo(answer, from)
			}
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return n
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

// publicAddress stands for the internet; nothing is there (RFC 6890 does not
// know it as special), and no packet of the test goes there.
var publicAddress = netip.MustParseAddr("93.184.215.14")

func (n *names) lookup(name string) []netip.Addr {
	n.mu.Lock()
	n.asked[name]++
	times := n.asked[name]
	n.mu.Unlock()
	loopback := netip.MustParseAddr("127.0.0.1")
	label, _, _ := strings.Cut(name, ".")
	switch {
	case strings.HasPrefix(label, "rebind"):
		if times <= 2 { // A and AAAA of one look
			return []netip.Addr{publicAddress}
		}
		return []netip.Addr{loopback}
	case strings.HasPrefix(label, "both"):
		return []netip.Addr{loopback, netip.IPv6Loopback()}
	}
	if ip, err := netip.ParseAddr(strings.ReplaceAll(strings.TrimPrefix(label, "to-"), "-", ".")); err == nil {
		return []netip.Addr{ip}
	}
	if ip, err := netip.ParseAddr(strings.ReplaceAll(strings.TrimPrefix(label, "six-"), "-", ":")); err == nil {
		return []netip.Addr{ip}
	}
	return nil
}

// answer makes the answer to one question (RFC 1035, 4.1).
func (n *names) answer(q []byte) []byte {
	if len(q) < 12 {
		return nil
	}
	var labels []string
	at := 12
	for at < len(q) && q[at] != 0 {
		labels = append(labels, string(q[at+1:at+1+int(q[at])]))
		at += 1 + int(q[at])
	}
	end := at + 5
	kind := binary.BigEndian.Uint16(q[at+1:])
	out := append([]byte{q[0], q[1], 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0}, q[12:end]...)
	for _, ip := range n.lookup(strings.Join(labels, ".")) {
		if ip.Is4() != (kind == 1) || ip.Is6() != (kind == 28) {
			continue
		}
		out[7]++
		out = append(out, 0xc0, 12, byte(kind>>8), byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(len(ip.AsSlice())))
		out = append(out, ip.AsSlice()...)
	}
	return out
}

// spellings are hosts that lead, or may lead with some resolver, to where no
// delivery may go.
func spellings() []string {
	hosts := []string{
		// Loopback, as one writes it and as inet_aton reads it.
		"127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "127.0.0.2", "127.000.000.001", "0177.0.0.1", "0177.0.0.01",
		"0x7f.0.0.1", "0x7f.1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "0x7F.0x0.0x0.0x1",
		"00000177.0.0.1", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "LocalHost", "%6c%6fcalhost", "127。0。0。1",
		"１２７.0.0.1", "①②⑦.⓪.⓪.①", "127.0.0.1%00.example.com", "3232235777", "4294967295", "127.0.0.1%2eexample.com",
		"0", "0.0.0.0", "00.0.0.0", "0x0", "0.1.2.3", "0.0.0.0.",
		// IPv6 loopback, unspecified, and IPv4 inside.
		"[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::]", "[0::0]", "[::0.0.0.1]",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]", "[0:0:0:0:0:ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]",
		"[::ffff:0.0.0.0]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[::ffff:192.168.1.1]",
		"[::ffff:100.64.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]", "[::1%25lo]", "[::1%25eth0]",
		"[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[64:ff9b:1:ffff::a00:1]",
		"[2002:7f00:1::]", "[2002:7f00:1::1]", "[2002:a00:1::1]", "[2002:a9fe:a9fe::]", "[2002:c0a8:101::1]",
		"[2001::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[2001:10::1]", "[2001:20::1]", "[3fff::1]",
		"[2a00:1450:4001::5efe:7f00:1]", "[2a00:1450:4001::200:5efe:10.0.0.1]", "[2a00:1450::5efe:a9fe:a9fe]",
		"[fc00::1]", "[fd00::1]", "[fd12:3456:789a::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::a9fe:a9fe]",
		"[febf::1]", "[fec0::1]", "[ff02::1]", "[ff02::fb]", "[ff05::1:3]", "[100::1]", "[5f00::1]", "[4000::1]", "[8000::1]",
		// Private, shared, link-local, multicast, reserved; metadata.
		"10.0.0.1", "10.255.255.255", "10.1", "0xa.0.0.1", "012.0.0.1", "167772161", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.1",
		"192.168.255.255", "0xc0a80101", "100.64.0.1", "100.127.255.254", "100.100.100.200", "169.254.0.1", "169.254.169.254",
		"169.254.169.254.", "169.254.170.2", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "168.63.129.16", "192.0.0.1", "192.0.0.192",
		"192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.254", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
		// Names of the attacker's.
		"rebind.example", "rebind2.example", "REBIND3.example", "both.example", "both.example.", "to-127-0-0-1.example", "to-10-0-0-1.example",
		"to-169-254-169-254.example", "to-0-0-0-0.example", "to-192-168-1-1.example", "to-100-64-0-1.example", "to-224-0-0-1.example",
		"six---1.example", "six---ffff-7f00-1.example", "six-64-ff9b--7f00-1.example", "six-2002-7f00-1--.example", "six-fe80--1.example", "six-fd00--1.example",
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// door counts who comes in: the listeners stand on every address of the machine.
func door(t testing.TB) (port string, came *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	came = new(atomic.Int64)
	server := &http.Server{
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				came.Add(1)
			}
		},
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, came
}

// TestGuard tries to deliver to more than 120 spellings of places that are not
// for deliveries, each several times, so that a name that changes has its
// chance. Not one may be connected to: counted at a listener on every address
// of this machine, and at the guard for the addresses that are elsewhere.
//
// The negative control does the same without the guard: then most of the
// spellings of loopback reach the listener.
func TestGuard(t *testing.T) {
	hosts := spellings()
	if len(hosts) < 120 {
		t.Fatalf("only %d spellings", len(hosts))
	}
	port, came := door(t)
	var mu sync.Mutex
	var passed []netip.AddrPort
	g := &Guard{ports: []int{}, resolver: serveNames(t).resolver()}
	g.pass = func(to netip.AddrPort) error {
		mu.Lock()
		defer mu.Unlock()
		passed = append(passed, to)
		return syscall.ENETUNREACH // no packet leaves the test
	}
	p := newPusher(nil, Options{Guard: g}, g.dial)
	for _, host := range hosts {
		end := &endpoint{client: p.client, timeout: time.Second, secrets: []storage.HookSecret{{Key: []byte("k")}}}
		end.hook.URL = "http://" + host + ":" + port + "/"
		for range 3 {
			if out := end.try(t.Context(), "id", event{Event: storage.Event{Data: []byte("{}")}}); out.ok() {
				t.Errorf("%s was delivered to", host)
			}
		}
	}
	mu.Lock()
	for _, to := range passed {
		if to.Addr() != publicAddress {
			t.Errorf("the guard lets %s pass", to)
		}
	}
	mu.Unlock()
	t.Logf("%d spellings, 3 tries each: %d connects", len(hosts), came.Load())
	if came.Load() > 0 {
		t.Errorf("%d connections came in", came.Load())
	}
	t.Run("negative control", func(t *testing.T) {
		off := &Guard{ports: []int{}, resolver: serveNames(t).resolver(), off: true}
		p := newPusher(nil, Options{Guard: off}, off.dial)
		defer p.client.CloseIdleConnections()
		reached := 0
		for _, host := range hosts {
			if !leadsHere(host) {
				continue // without the guard it would be a connection to somebody else
			}
			end := &endpoint{client: p.client, timeout: 300 * time.Millisecond, secrets: []storage.HookSecret{{Key: []byte("k")}}}
			end.hook.URL = "http://" + host + ":" + port + "/"
			if end.try(t.Context(), "id", event{Event: storage.Event{Data: []byte("{}")}}).ok() {
				reached++
			}
		}
		t.Logf("without the guard %d spellings reach the listener, over %d connections", reached, came.Load())
		if reached < 10 {
			t.Error("the listener cannot be reached at all: the test proves nothing")
		}
	})
}

// leadsHere tells of the spellings that end at loopback at once.
func leadsHere(host string) bool {
	for _, part := range []string{"127.", "0x7f", "0X7F", "LOCALHOST", "localhost", "LocalHost", "::1", "7f00:1]", "0.0.0.0", "both", "to-127", "six---1"} {
		if strings.Contains(host, part) && !strings.Contains(host, "64:ff9b") && !strings.Contains(host, "2002:") && !strings.Contains(host, "5efe") {
			return true
		}
	}
	return false
}

// A name that is allowed leads to private addresses, but to no metadata; a
// network that is allowed is. Everything else stays shut.
func TestGuard_allows(t *testing.T) {
	g, err := NewGuard([]string{"nas.local", "192.168.7.0/24", "10.1.2.3", "fd00:1::/64"}, []string{"1880"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		host, address string
		want          bool
	}{
		{"nas.local", "192.168.1.5:80", true},
		{"NAS.local.", "192.168.1.5:1880", true},
		{"nas.local", "192.168.1.5:22", false},
		{"nas.local", "169.254.169.254:80", false},
		{"nas.local", "224.0.0.1:80", false},
		{"nas.local.example", "192.168.1.5:80", false},
		{"x.example", "192.168.7.9:443", true},
		{"x.example", "[::ffff:192.168.7.9]:443", true},
		{"x.example", "192.168.8.9:443", false},
		{"x.example", "10.1.2.3:8080", true},
		{"x.example", "10.1.2.4:8080", false},
		{"x.example", "[fd00:1::5]:8443", true},
		{"x.example", "[fd00:2::5]:8443", false},
		{"x.example", "93.184.215.14:443", true},
		{"x.example", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443", true},
		{"x.example", "93.184.215.14:25", false},
	} {
		network := "tcp4"
		if strings.HasPrefix(c.address, "[") {
			network = "tcp6"
		}
		if err := g.control(c.host, network, c.address); (err == nil) != c.want {
			t.Errorf("%s at %s: %v", c.host, c.address, err)
		}
	}
	for _, network := range []string{"udp4", "unix", "tcp"} {
		if g.control("x.example", network, "93.184.215.14:443") == nil {
			t.Errorf("%s is let through", network)
		}
	}
	for _, bad := range []string{"", "http://nas", "a b", "192.168.1.0/33", "nas:80"} {
		if _, err := NewGuard([]string{bad}, nil); err == nil {
			t.Errorf("%q is taken for a host", bad)
		}
	}
	for _, bad := range []string{"0", "65536", "http", "-1"} {
		if _, err := NewGuard(nil, []string{bad}); err == nil {
			t.Errorf("%q is taken for a port", bad)
		}
	}
}

func TestCheck(t *testing.T) {
	g := &Guard{}
	for url, want := range map[string]bool{
		"https://example.com/in": true, "http://example.com:8080": true, "https://93.184.215.14/": true,
		"ftp://example.com/": false, "file:///etc/passwd": false, "gopher://x:80/": false, "//example.com": false, "example.com": false,
		"https://user:pw@example.com/": false, "http://example.com:22/": false, "http://127.0.0.1/": false, "http://[::1]/": false,
		"http://[::ffff:10.0.0.1]/": false, "http://169.254.169.254/latest": false, "http:///x": false, "unix:///run/x.sock": false,
	} {
		if err := g.Check(url); (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestNoRedirect(t *testing.T) {
	db := openLedger(t)
	r := newReceiver(t, func() string { return "redirect" })
	h := r.create(t, db, storage.Hook{})
	p := New(db, quick(t))
	defer p.client.CloseIdleConnections()
	d, err := p.Ping(t.Context(), h.ID)
	if err != nil || d.Status != 307 || r.requests() != 1 {
		t.Errorf("%+v %v, %d requests", d, err, r.requests())
	}
}

package modem

import (
	"context"
	"net"
	"reflect"
	"testing"
)

// opened returns a modem open on a peer.
func opened(t testing.TB, o Options) (*Modem, *peer) {
	t.Helper()
	ours, theirs := net.Pipe()
	p := newPeer(theirs)
	go p.run()
	m, err := Open(context.Background(), ours, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close(); theirs.Close() })
	return m, p
}

func TestOpen(t *testing.T) {
	m, p := opened(t, Options{})
	want := Identity{
		Manufacturer: "Example", Model: "M1", Revision: "R1.0", IMEI: "860000000000001",
		ICCID: "8949000000000000001", IMSI: "262010000000001", Number: "+4915112345678",
		ServiceCentre: "+491710760000",
	}
	if m.Identity() != want {
		t.Errorf("identity %+v, want %+v", m.Identity(), want)
	}
	if got, want := m.Memories(), []string{"SM", "ME", "SR"}; !reflect.DeepEqual(got, want) {
		t.Errorf("memories %q, want %q", got, want)
	}
	if n := len(p.heard()); n > 25 {
		t.Errorf("%d commands, want 25 at most: %q", n, p.heard())
	}
	t.Logf("%d commands", len(p.heard()))
}

func TestStatus(t *testing.T) {
	m, _ := opened(t, Options{})
	got, err := m.Status(t.Context())
	want := Status{
		Registration: Home, EPS: Home, Packet: RegistrationUnknown, Operator: "Example Net", Access: "LTE",
		Signal: -73, SignalOf: "RSSI", PIN: "READY",
	}
	if err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
}

func TestSubmit(t *testing.T) {
	m, p := opened(t, Options{})
	calls := 0
	s := submission(7)
	s.Prompted = func(context.Context) error {
		calls++
		if len(p.pdus) != 0 {
			t.Error("Prompted was called after the PDU was written")
		}
		return nil
	}
	mr, err := m.Submit(t.Context(), s)
	if mr != 1 || err != nil || calls != 1 {
		t.Errorf("reference %d, %v, %d calls of Prompted", mr, err, calls)
	}
}

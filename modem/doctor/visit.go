package doctor

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"smsbridge/modem"
	"smsbridge/modem/usb"
)

// visitTime is how long one port may take: ten ATs, a start and an examination.
const visitTime = time.Minute

// errNoPIN keeps a PIN from being tried: a visit must not cost a card one of its
// three.
var errNoPIN = errors.New("a visit enters no PIN")

// Visit fills the picture in where no bridge runs: it takes the ports that are
// worth opening for itself, asks the modem behind each and gives the port back.
// A port that somebody was seen to hold, or that this user may not use, stays
// shut. The ports of one device are taken in their order until one answers; the
// devices all at once. No PIN is ever entered.
func (p *Picture) Visit(ctx context.Context, log *slog.Logger) {
	devices := make(map[string][]*Port)
	for i := range p.Ports {
		port := &p.Ports[i]
		held := port.Holder.PID != 0 && port.Holder.Kind != usb.Ourselves // the lock tells of ourselves
		if port.Skip == "" && !held && (port.Access.Path == "" || port.Access.OK()) {
			at := port.Device
			if at == "" {
				at = port.Path
			}
			devices[at] = append(devices[at], port)
		}
	}
	var visits sync.WaitGroup
	for _, ports := range devices {
		visits.Go(func() { visitDevice(ctx, ports, log) })
	}
	visits.Wait()
}

func visitDevice(ctx context.Context, ports []*Port, log *slog.Logger) {
	for i, port := range ports {
		port.visit(ctx, log)
		if errors.Is(port.Err, modem.ErrSilent) {
			continue
		}
		for _, other := range append(ports[:i:i], ports[i+1:]...) {
			other.Skip = "is another port of a modem that answers at " + port.Path
		}
		return
	}
}

// visit opens the port, asks what is behind it and closes it again. What went
// wrong stands in Err.
func (p *Port) visit(ctx context.Context, log *slog.Logger) {
	ctx, stop := context.WithTimeout(ctx, visitTime)
	defer stop()
	var port io.ReadWriteCloser
	if port, p.Err = modem.OpenPort(p.Path, modem.PortOptions{}); p.Err != nil {
		return
	}
	var m *modem.Modem
	m, p.Err = modem.Open(ctx, port, modem.Options{
		Log: log, Device: p.ID, TryPIN: func(context.Context, string, int) error { return errNoPIN },
	})
	if p.Err != nil {
		return
	}
	defer m.Close()
	p.Err = p.Ask(ctx, m)
}

// Name adds ports that a person has named, which are opened whatever they are:
// a HAT on the serial pins, above all.
func (p *Picture) Name(fs usb.FS, paths ...string) {
	for _, path := range paths {
		named := false
		for i := range p.Ports {
			if p.Ports[i].Path == path || p.Ports[i].Name == path {
				p.Ports[i].Skip, named = "", true
			}
		}
		if !named {
			port := Port{Port: usb.Port{Name: path, Path: path}, Access: fs.Access(path)}
			port.Holder, _ = fs.Holder(path)
			p.Ports = append(p.Ports, port)
		}
	}
}

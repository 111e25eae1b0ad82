package main

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/mdns"
	"smsbridge/bridge/trust"
)

// announced is what the box says of itself on its network, and how it is called
// there: a name that no other box has.
func (s *serveSettings) announced(box string, d *door, port int) mdns.Service {
	id := strings.TrimPrefix(box, "bx_")
	text := []string{"id=" + box, "name=" + s.name, "tls=" + map[bool]string{true: "1", false: "0"}[d.mode != tlsOff]}
	if pin := d.pin(); pin != "" {
		text = append(text, "pin="+pin)
	}
	if s.tls.canonical != "" {
		text = append(text, "host="+s.tls.canonical)
	}
	hosts := []string{lanName(box)}
	if c := s.tls.canonical; strings.HasSuffix(c, ".local") {
		hosts = append(hosts, c)
	}
	return mdns.Service{Name: cut(s.name, 63-1-len(id)) + " " + id, Hosts: hosts, Port: port, Text: text}
}

func lanName(box string) string {
	return "smsbridge-" + strings.ToLower(strings.TrimPrefix(box, "bx_")) + ".local"
}

// cut keeps so many octets of a name, and no half letter.
func cut(text string, most int) string { return strings.ToValidUTF8(text[:min(len(text), most)], "") }

// announce lets desks find the box until ctx ends. That nobody can hear is no
// reason to stop.
func announce(ctx context.Context, service mdns.Service, log *slog.Logger) {
	if err := service.Run(ctx, log); err != nil {
		log.Warn("desks cannot find this box by themselves", "err", err)
	}
}

func newFindCommand() *cobra.Command {
	var wait time.Duration
	var o output
	cmd := &cobra.Command{
		Use: "find", Short: "Look for boxes on this network",
		Long: `Look for boxes on this network (multicast DNS, _smsbridge._tcp). What a box says of
itself anybody could say: compare its pin with that of "smsbridge trust show" on the
box before you use it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			ctx, stop := context.WithTimeout(cmd.Context(), wait)
			defer stop()
			boxes, err := mdns.Find(ctx)
			if err != nil {
				return fail(exitUnreachable, "%w", err)
			}
			t := table{heads: []string{"id", "name", "url", "pin"}}
			for _, b := range boxes {
				f := newFoundBox(b)
				t.add(f, f.ID, f.Name, f.URL, f.Pin)
			}
			return o.print(cmd.OutOrStdout(), t)
		},
	}
	cmd.Flags().DurationVar(&wait, "wait", 3*time.Second, "how long to listen for answers")
	o.flags(cmd)
	return cmd
}

// foundBox is a box as find shows it.
type foundBox struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	URL  string `json:"url"`
	Pin  string `json:"pin,omitempty"`
}

func newFoundBox(b mdns.Box) foundBox {
	said := func(key string) string { return plain(strings.ReplaceAll(b.Text[key], "\t", " ")) } // anybody may have said it
	scheme := "http://"
	if said("tls") == "1" {
		scheme = "https://"
	}
	host := said("host")
	if !trust.HostName(host) {
		host = nearest(b.Addresses).String()
	}
	return foundBox{ID: said("id"), Name: cmp.Or(said("name"), plain(b.Name)), Pin: said("pin"),
		URL: scheme + net.JoinHostPort(host, strconv.Itoa(b.Port))}
}

// nearest is the address that is likeliest to work without more words: IPv4 first,
// those that need an interface named last.
func nearest(all []netip.Addr) netip.Addr {
	best := all[0]
	for _, a := range all {
		if a.Is4() && !best.Is4() || best.IsLinkLocalUnicast() && !a.IsLinkLocalUnicast() {
			best = a
		}
	}
	return best
}

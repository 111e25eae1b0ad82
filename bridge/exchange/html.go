package exchange

import (
	"html/template"
	"io"
	"time"

	"smsbridge/storage"
)

// The page is one file: it asks for nothing, runs nothing, and leads nowhere.
var page = template.Must(template.New("head").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{.}}</title>
<style>
body { font: 11pt/1.4 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; color: #111 }
h1 { font-size: 1.3rem } h2 { font-size: .9rem; font-weight: 600; color: #555; margin: 1.5rem 0 .5rem }
.m { margin: .4rem 20% .4rem 0; padding: .5rem .75rem; border: 1px solid #bbb; border-radius: .5rem; break-inside: avoid }
.out { margin: .4rem 0 .4rem 20%; background: #eef3fb }
.m p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere } .m small { color: #555 }
@media print { body { margin: 0; max-width: none } .out { background: none } }
</style></head><body>
<h1>{{.}}</h1>
{{define "day"}}<h2>{{.}}</h2>
{{end}}{{define "message"}}<div class="m {{.Dir}}"><small>{{.Who}}, {{.Time}}{{with .State}}, {{.}}{{end}}</small><p dir="auto">{{.Text}}</p></div>
{{end}}{{define "end"}}</body></html>
{{end}}`))

type htmlWriter struct {
	w    io.Writer
	zone *time.Location
	day  string
}

func newHTML(w io.Writer, t storage.Thread, zone *time.Location) (*htmlWriter, error) {
	return &htmlWriter{w: w, zone: zone}, page.Execute(w, Title(t))
}

func (h *htmlWriter) Message(m storage.Message) error {
	at := m.CreatedAt.In(h.zone)
	if day := at.Format(time.DateOnly); day != h.day {
		h.day = day
		if err := page.ExecuteTemplate(h.w, "day", day); err != nil {
			return err
		}
	}
	row := struct{ Dir, Who, Time, State, Text string }{Dir: string(m.Dir), Who: says(m), Time: at.Format(time.TimeOnly), Text: shown(m)}
	if m.Dir == storage.Outbound {
		row.State = string(m.State)
	}
	return page.ExecuteTemplate(h.w, "message", row)
}

func (h *htmlWriter) Close() error { return page.ExecuteTemplate(h.w, "end", nil) }

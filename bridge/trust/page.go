package trust

import (
	"bytes"
	"crypto/x509"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
	text "text/template"

	"rsc.io/qr"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/trust.html"))

// Page is the trust page and what it offers to download, below /trust. It says
// for each system how to trust the box, needs no script, and holds nothing
// secret. It repeats nothing that a request says but the port. Desks are sent to
// the canonical name, or if that is empty to the address that was called.
func Page(l *Local, canonical string) http.Handler {
	p := &page{l, canonical}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /trust", p.show)
	mux.HandleFunc("GET /trust/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/trust", http.StatusPermanentRedirect)
	})
	mux.HandleFunc("GET /trust/page.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pageFiles, "page/page.css")
	})
	mux.HandleFunc("GET /trust/qr.png", p.code)
	mux.HandleFunc("GET /trust/smsbridge.crt", p.file("application/x-x509-ca-cert", func(c *x509.Certificate) []byte { return c.Raw }))
	mux.HandleFunc("GET /trust/smsbridge.pem", p.file("application/x-pem-file", PEM))
	mux.HandleFunc("GET /trust/smsbridge.mobileconfig", p.file("application/x-apple-aspen-config", Profile))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

type page struct {
	*Local
	canonical string
}

// shown is what the page's template is filled with.
type shown struct {
	Box, Desk, Here    string
	Fingerprint        []string // in groups, as they are read aloud
	Subject, Until     string
	System             string // that the reader seems to have
	Trusted            bool   // this very page came by TLS
	Pin, Names, Ranges string
}

func (p *page) show(w http.ResponseWriter, r *http.Request) {
	root := p.Root()
	v := shown{
		Box: p.box, Desk: "https://" + p.at(r) + "/", Here: p.here(r),
		Fingerprint: groups(Hex(Fingerprint(root))), Subject: root.Subject.CommonName, Until: root.NotAfter.Format("2 January 2006"),
		System: system(r.UserAgent()), Trusted: r.TLS != nil, Pin: Pin(root), Names: strings.Join(root.PermittedDNSDomains, ", "),
	}
	var ranges []string
	for _, n := range root.PermittedIPRanges {
		ranges = append(ranges, n.String())
	}
	v.Ranges = strings.Join(ranges, ", ")
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

// at is how desks call the box.
func (p *page) at(r *http.Request) string {
	name := localAddress(r)
	switch {
	case p.canonical != "":
		name = p.canonical
	case !p.May(name) && len(p.names) > 0:
		name = p.names[0]
	}
	return withPort(r, name)
}

// here is this page by address, which every device on the network finds; names
// below .local not all do.
func (p *page) here(r *http.Request) string {
	return "http://" + withPort(r, localAddress(r)) + "/trust"
}

// withPort is a name with the port that the box was called by.
func withPort(r *http.Request, name string) string {
	_, port, err := net.SplitHostPort(r.Host)
	if err == nil && port != "" && strings.Trim(port, "0123456789") == "" {
		return net.JoinHostPort(name, port)
	}
	if strings.Contains(name, ":") {
		return "[" + name + "]"
	}
	return name
}

// code is the page's address for phones.
func (p *page) code(w http.ResponseWriter, r *http.Request) {
	c, err := qr.Encode(p.here(r), qr.M)
	if err != nil {
		http.Error(w, "the address is too long for a QR code", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Write(c.PNG())
}

func (p *page) file(kind string, of func(*x509.Certificate) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", `attachment; filename="`+strings.TrimPrefix(r.URL.Path, "/trust/")+`"`)
		w.Write(of(p.Root()))
	}
}

// groups puts a fingerprint in fours of pairs, as people compare it.
func groups(hex string) []string {
	const four = len("AA:BB:CC:DD:")
	var g []string
	for hex += ":"; len(hex) >= four; hex = hex[four:] {
		g = append(g, strings.TrimSuffix(hex[:four], ":"))
	}
	return g
}

// system guesses what the reader's device is, to open the right chapter.
func system(agent string) string {
	for _, s := range []struct{ word, system string }{
		{"iPhone", "ios"}, {"iPad", "ios"}, {"Android", "android"}, {"Windows", "windows"}, {"Macintosh", "macos"}, {"Linux", "linux"},
	} {
		if strings.Contains(agent, s.word) {
			return s.system
		}
	}
	return ""
}

// Pin is the key of a box as programs pin it: what OpenSSH prints of a key, of
// the certificate that people trust.
func Pin(root *x509.Certificate) string {
	f := Fingerprint(root)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(f[:])
}

// Profile is the root as a configuration profile of Apple's systems, which has
// one payload, com.apple.security.root. Its identifiers come from the
// fingerprint, so that the same profile replaces itself.
func Profile(root *x509.Certificate) []byte {
	f := Fingerprint(root)
	b := bytes.NewBufferString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`)
	err := profileTemplate.Execute(b, map[string]string{
		"Name": root.Subject.CommonName, "Data": base64.StdEncoding.EncodeToString(root.Raw),
		"ID": fmt.Sprintf("smsbridge.%x", f[:8]), "Outer": uuid(f[:16]), "Inner": uuid(f[16:]),
	})
	if err != nil {
		panic(err) // the template is wrong
	}
	return b.Bytes()
}

// uuid makes octets of a hash a UUID of one's own kind (RFC 9562, 5.8).
func uuid(hash []byte) string {
	b := bytes.Clone(hash[:16])
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

var profileTemplate = text.Must(text.New("profile").Parse(`<plist version="1.0">
<dict>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadCertificateFileName</key><string>smsbridge.crt</string>
			<key>PayloadContent</key><data>{{.Data}}</data>
			<key>PayloadDisplayName</key><string>{{html .Name}}</string>
			<key>PayloadIdentifier</key><string>{{.ID}}.root</string>
			<key>PayloadType</key><string>com.apple.security.root</string>
			<key>PayloadUUID</key><string>{{.Inner}}</string>
			<key>PayloadVersion</key><integer>1</integer>
		</dict>
	</array>
	<key>PayloadDescription</key><string>Lets this device trust the smsbridge box on this network. It vouches for names and addresses of the local network only.</string>
	<key>PayloadDisplayName</key><string>{{html .Name}}</string>
	<key>PayloadIdentifier</key><string>{{.ID}}</string>
	<key>PayloadType</key><string>Configuration</string>
	<key>PayloadUUID</key><string>{{.Outer}}</string>
	<key>PayloadVersion</key><integer>1</integer>
</dict>
</plist>
`))

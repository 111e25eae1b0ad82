package trust

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
)

// FrontOptions say what stands before the desk bank.
type FrontOptions struct {
	TLS       bool           // the listener takes TLS: what is plain is sent there
	Canonical string         // name that pages are opened by; empty: any that the box answers to
	Names     []string       // that the box answers to, the one to send people to first
	Pin       bool           // tell browsers to remember that this name speaks TLS
	Proxies   []netip.Prefix // whose X-Forwarded headers are believed
	Page      http.Handler   // serves /trust and below, by TLS and plain; nil: there is none
}

// Front stands before the desk bank. What is plain where TLS could be is sent
// there, or refused with one line of help if it carries anything that must not
// cross a network in the clear. Pages asked for by another than the canonical
// name are sent to that. The trust page is read by TLS and by plain HTTP: who
// needs it has no other way yet, and nothing in it is secret.
//
// HSTS (RFC 6797) is sent only where Pin says so, which is for certificates
// from elsewhere under a canonical name. For the box's own authority it would
// do harm: it takes the way to the trust page, which is plain HTTP on the same
// host, from every device that lost its trust, and forbids to click through.
func Front(o FrontOptions) Middleware {
	return func(next http.Handler) http.Handler {
		return Proxies(o.Proxies)(&front{FrontOptions: o, next: next})
	}
}

type front struct {
	FrontOptions
	next http.Handler
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case f.Page != nil && trustPath(r.URL.Path):
		f.Page.ServeHTTP(w, r)
	case f.TLS && r.TLS == nil && !plainHealth(r):
		f.plain(w, r)
	case f.elsewhere(r):
		f.redirect(w, r, f.Canonical)
	default:
		if f.Pin && r.TLS != nil && hostOf(r.Host) == f.Canonical {
			w.Header().Set("Strict-Transport-Security", "max-age=15768000")
		}
		f.next.ServeHTTP(w, r)
	}
}

// trustPath tells whether a path is the trust page's, written without detours.
func trustPath(p string) bool {
	return path.Clean(p) == strings.TrimSuffix(p, "/") && (p == "/trust" || strings.HasPrefix(p, "/trust/"))
}

// plainHealth tells whether a watcher asks if the box is there, which is nobody's
// secret. A watcher that shows a token is told that it should not have.
func plainHealth(r *http.Request) bool {
	return r.URL.Path == "/api/v1/health" && harmless(r) && r.Header.Get("Authorization") == ""
}

// elsewhere tells whether a page was asked for by another name than the
// canonical one. The API answers to every name, the box itself calls itself as
// it likes, and a proxy has done its own redirects: one of ours would send the
// desk round in circles where the proxy changes the name.
func (f *front) elsewhere(r *http.Request) bool {
	host := hostOf(r.Host)
	if f.Canonical == "" || host == f.Canonical || !harmless(r) || secretive(r) || strings.HasPrefix(r.URL.Path, "/api/") || byProxy(r.Context()) {
		return false
	}
	at, err := netip.ParseAddr(host)
	return host != "localhost" && (err != nil || !at.IsLoopback())
}

// harmless tells whether a request only reads, as a browser's first one does.
func harmless(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.Header.Get("Upgrade") == ""
}

// secretive tells whether a request carries a secret, which a redirect would
// only send around once more: in a header, or in an address of Kannel's form.
func secretive(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || strings.HasPrefix(r.URL.Path, "/cgi-bin/")
}

// plain answers a request that came in the clear.
func (f *front) plain(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close")
	if harmless(r) && !secretive(r) {
		f.redirect(w, r, f.target(r))
		return
	}
	help := "This port speaks HTTPS. Use https://" + withPort(r, f.target(r)) + "/ instead; nothing was done.\n"
	if r.Header.Get("Authorization") != "" {
		help = strings.TrimSuffix(help, "\n") + " The token crossed the network in the clear: revoke it and make another.\n"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusBadRequest)
	io.WriteString(w, help)
}

// target is the name to send a plain request to: the canonical one, else the
// one it was asked by if that is ours. A Host that is not ours is never
// repeated.
func (f *front) target(r *http.Request) string {
	asked := hostOf(r.Host)
	if f.Canonical != "" {
		return f.Canonical
	}
	if slices.Contains(f.Names, asked) || asked == "localhost" || asked == localAddress(r) {
		return asked
	}
	if len(f.Names) > 0 {
		return f.Names[0]
	}
	return localAddress(r)
}

func (f *front) redirect(w http.ResponseWriter, r *http.Request, name string) {
	scheme := "http"
	if f.TLS || r.TLS != nil {
		scheme = "https"
	}
	to := url.URL{Scheme: scheme, Host: withPort(r, name), Path: "/" + strings.TrimLeft(r.URL.Path, "/"), RawQuery: r.URL.RawQuery}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to.String(), http.StatusTemporaryRedirect)
}

// localAddress is the box's own end of the connection.
func localAddress(r *http.Request) string {
	if a, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return hostOf(a.String())
	}
	return "localhost"
}

type proxyKey struct{}

func withProxy(ctx context.Context) context.Context { return context.WithValue(ctx, proxyKey{}, true) }

func byProxy(ctx context.Context) bool { return ctx.Value(proxyKey{}) != nil }

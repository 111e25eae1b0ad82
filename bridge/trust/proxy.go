package trust

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// forwarded are the headers by which a proxy tells for whom it asks.
var forwarded = []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-Ip", "Forwarded"}

// Proxies believes what proxies in these networks say of the desk behind them:
// its address, the name it called, and that it came by TLS, which then is the
// request's RemoteAddr, Host and TLS. From anybody else the same headers are
// taken off, so that nothing behind can believe them by mistake.
func Proxies(trusted []netip.Prefix) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			if within(trusted, hostOf(r.RemoteAddr)) {
				r = believe(r, trusted)
			}
			for _, h := range forwarded {
				r.Header.Del(h)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// believe takes over what a proxy says.
func believe(r *http.Request, trusted []netip.Prefix) *http.Request {
	if host := last(r.Header["X-Forwarded-Host"]); host != "" {
		r.Host = host
	}
	switch strings.ToLower(last(r.Header["X-Forwarded-Proto"])) {
	case "https":
		if r.TLS == nil {
			r.TLS = &tls.ConnectionState{HandshakeComplete: true}
		}
	case "http":
		r.TLS = nil
	}
	if desk, ok := desk(r.Header["X-Forwarded-For"], trusted); ok {
		r.RemoteAddr = net.JoinHostPort(desk.String(), "0")
	}
	return r.WithContext(withProxy(r.Context()))
}

// desk is the nearest address in X-Forwarded-For that is no proxy of ours: what
// stands to the left of it the desk may have invented.
func desk(values []string, trusted []netip.Prefix) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(values, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		at, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return netip.Addr{}, false
		}
		if !within(trusted, at.String()) {
			return at.Unmap(), true
		}
	}
	return netip.Addr{}, false
}

// last is the last of the values, which the nearest proxy has set.
func last(values []string) string {
	all := strings.Split(strings.Join(values, ","), ",")
	return strings.TrimSpace(all[len(all)-1])
}

func within(networks []netip.Prefix, address string) bool {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	at = at.WithZone("").Unmap()
	for _, n := range networks {
		if n.Contains(at) {
			return true
		}
	}
	return false
}

// hostOf is an address or a Host without its port, as names are compared.
func hostOf(s string) string {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(s, "[]")), ".")
}

package hook

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestLookup_S25(t *testing.T) {
	asked := 0
	crm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.FormValue("n") {
		case "+15550100":
			w.Write([]byte(`{"name":"Bob","address":"1 Main St","tier":"gold","id":7}`))
		case "long":
			w.Write([]byte(`{"name":"` + strings.Repeat("x", mostLookup) + `"}`))
		case "away":
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer crm.Close()
	u, _ := url.Parse(crm.URL)
	guard, err := NewGuard([]string{"127.0.0.1"}, []string{u.Port()})
	if err != nil {
		t.Fatal(err)
	}
	p := New(nil, Options{Guard: guard})
	l, err := p.Lookup(t.Context(), crm.URL+"/?n=%2B15550100")
	if err != nil || l.Name != "Bob" || l.Address != "1 Main St" || l.Fields["tier"] != "gold" || len(l.Fields) != 1 {
		t.Errorf("%+v %v", l, err)
	}
	if l, err := p.Lookup(t.Context(), crm.URL+"/?n=other"); err != nil || l.Name != "" {
		t.Errorf("%+v %v", l, err)
	}
	for _, n := range []string{"long", "away"} {
		if l, err := p.Lookup(t.Context(), crm.URL+"/?n="+n); err == nil {
			t.Errorf("%s: %+v", n, l)
		}
	}
	before := asked
	closed := New(nil, Options{Guard: &Guard{ports: []int{}}})
	if _, err := closed.Lookup(t.Context(), crm.URL+"/?n=%2B15550100"); err == nil || asked != before {
		t.Errorf("the guard let a lookup into the box itself: %v, asked %d times", err, asked-before)
	}
}

package storage

import "testing"

// The answers are of the look that operators send, with other numbers in them:
// amounts before and after the currency, dot and comma, thousands, an expiry.
func TestBalanceRule(t *testing.T) {
	for _, c := range []struct {
		name, pattern, text string
		want                Balance
		ok                  bool
	}{
		{"comma, currency after", `Guthaben:? (?P<amount>[0-9.,]+) ?(?P<currency>EUR|€)`, "Ihr Guthaben: 4,20 EUR. Gültig bis 31.12.", Balance{Amount: 4.20, Currency: "EUR", Low: true}, true},
		{"currency before, expiry", `balance is (?P<currency>[£$])(?P<amount>[0-9.,]+).*expires (?P<expiry>[0-9/]+)`, "Your balance is £12.00, expires 03/04/2027", Balance{Amount: 12, Currency: "£", Expires: "03/04/2027"}, true},
		{"thousands, whole", `Saldo (?P<currency>Rp)\.? ?(?P<amount>[0-9.,]+)`, "Saldo Rp 1.250 s.d. 10/11", Balance{Amount: 1250, Currency: "Rp"}, true},
		{"both marks", `(?P<amount>[0-9.,]+) USD`, "You have 1,234.50 USD", Balance{Amount: 1234.5}, true},
		{"under one, three places", `(?P<amount>[0-9.,]+) KWD`, "0.250 KWD left", Balance{Amount: 0.25, Low: true}, true},
		{"another answer", `(?P<amount>[0-9.,]+) EUR`, "Service not available", Balance{}, false},
		{"no number", `(?P<amount>\S+) EUR`, "no EUR", Balance{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := BalanceRule{Operator: "26201", Code: "*100#", Pattern: c.pattern, Low: 5}
			if err := r.Check(); err != nil {
				t.Fatal(err)
			}
			got, ok := r.Read(c.text)
			if ok != c.ok || ok && got != c.want {
				t.Errorf("got %+v %v, want %+v", got, ok, c.want)
			}
		})
	}
	for _, r := range []BalanceRule{
		{Code: "*100#", Pattern: `(?P<amount>.)`},
		{Operator: "x", Code: "100; AT", Pattern: `(?P<amount>.)`},
		{Operator: "x", Code: "*100#", Pattern: `([0-9]+)`},
		{Operator: "x", Code: "*100#", Pattern: `(`},
	} {
		if r.Check() == nil {
			t.Errorf("%+v was taken", r)
		}
	}
}

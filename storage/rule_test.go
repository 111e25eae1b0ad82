package storage

import "testing"

func TestReadNumber(t *testing.T) {
	for _, c := range []struct{ typed, country, want string }{
		{"0151 23456789", "DE", "+4915123456789"},
		{"0049 151 23456789", "DE", "+4915123456789"},
		{"+49 (0)151 23456789", "DE", "+4915123456789"},
		{"12015550123", "US", "+12015550123"}, // the + was forgotten
		{"(201) 555-0123", "US", "+12015550123"},
		{"011 49 151 23456789", "US", "+4915123456789"},
		{"11833", "DE", "11833"}, // a short code stays one
		{"+15550100", "US", "+15550100"},
		{"0151 23456789", "", ""},
		{"000000000000", "DE", ""},
		{"0151\t23456789", "DE", ""},
	} {
		got, err := ReadNumber("to", c.typed, c.country)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q typed in %q is %q, %v; it should be %q", c.typed, c.country, got, err, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	usual := DefaultRules()
	for _, c := range []struct {
		name     string
		rules    Rules
		to, home string
		want     string // sent, warned, held or refused
	}{
		{"at home", usual, "+4915123456789", "DE", "sent"},
		{"abroad", usual, "+33612345678", "DE", "refused"},
		{"abroad, and the box knows no home", usual, "+33612345678", "", "sent"},
		{"abroad, and listed", Rules{Destinations: []string{Home, "FR"}}, "+33612345678", "DE", "sent"},
		{"everywhere", Rules{Destinations: []string{Everywhere}}, "+33612345678", "DE", "sent"},
		{"neighbour with the same code", usual, "+15062345678", "US", "refused"}, // Canada
		{"not in the plan", usual, "+49111111", "DE", "warned"},
		{"premium", usual, "+499001234567", "DE", "held"},
		{"premium abroad", usual, "+449012345678", "DE", "held"},
		{"satellite", usual, "+881612345678", "DE", "held"},
		{"premium, refused", Rules{Destinations: []string{Home}, Costly: CostlyRefuse}, "+499001234567", "DE", "refused"},
		{"premium, sent", Rules{Destinations: []string{Home}, Costly: CostlySend}, "+499001234567", "DE", "sent"},
		{"blocked beginning", Rules{Destinations: []string{Home}, Blocked: []string{"+49151"}}, "+4915123456789", "DE", "refused"},
		{"held beginning", Rules{Destinations: []string{Home}, Held: []string{"+49151"}}, "+4915123456789", "DE", "held"},
		{"short code", usual, "11833", "DE", "sent"},
		{"blocked short code", Rules{Blocked: []string{"118"}}, "11833", "DE", "refused"},
		{"no destination", Rules{}, "+4915123456789", "DE", "refused"},
	} {
		v, err := c.rules.Judge(c.to, c.home)
		got := "sent"
		switch {
		case err != nil:
			got = "refused"
		case v.Hold != "":
			got = "held"
		case v.Warning != "":
			got = "warned"
		}
		if got != c.want {
			t.Errorf("%s: %s from %q is %s (%+v, %v), not %s", c.name, c.to, c.home, got, v, err, c.want)
		}
	}
}

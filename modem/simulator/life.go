package simulator

import (
	"cmp"
	"net/http"
	"time"
)

// The handler's part for what happens to a modem without anybody being at fault: the place it is at, its
// SIM, calls, and what the network offers.

func (n *Network) serveLife(mux *http.ServeMux) {
	mux.HandleFunc("POST /modems/{modem}", n.serveModem)
	mux.HandleFunc("GET /modems/{modem}/calls", n.serveCalls)
	mux.HandleFunc("POST /modems/{modem}/calls", n.serveRing)
	mux.HandleFunc("POST /handsets/{number}/conduct", n.serveConduct)
	mux.HandleFunc("POST /ussd", n.serveUSSD)
}

// named returns the modem of a path, or refuses and returns nil.
func (n *Network) named(w http.ResponseWriter, r *http.Request) *Modem {
	m := n.modem(r.PathValue("modem"))
	if m == nil {
		refuseHTTP(w, http.StatusNotFound, "modem: %s is neither the index nor the number of a modem; GET /modems lists them", r.PathValue("modem"))
	}
	return m
}

// serveModem changes what is given and leaves the rest.
func (n *Network) serveModem(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Signal   *int     `json:"signal"`
		Celsius  *int     `json:"celsius"`
		Coverage Coverage `json:"coverage"`
		SIM      string   `json:"sim"`
	}
	m := n.named(w, r)
	if m == nil || !body(w, r, &ask) {
		return
	}
	if ask.SIM != "" && ask.SIM != "in" && ask.SIM != "out" {
		refuseHTTP(w, http.StatusBadRequest, "sim: %q; it is in or out", ask.SIM)
		return
	}
	var err error
	if ask.Signal != nil {
		err = m.SetSignal(*ask.Signal)
	}
	if err == nil && ask.Coverage != "" {
		err = m.SetCoverage(ask.Coverage)
	}
	if err != nil {
		refuseHTTP(w, http.StatusBadRequest, "%v", err)
		return
	}
	if ask.Celsius != nil {
		m.SetTemperature(*ask.Celsius)
	}
	switch ask.SIM {
	case "in":
		m.InsertSIM()
	case "out":
		m.RemoveSIM()
	}
	answer(w, http.StatusOK, m.Status())
}

func (n *Network) serveCalls(w http.ResponseWriter, r *http.Request) {
	if m := n.named(w, r); m != nil {
		answer(w, http.StatusOK, map[string]any{"calls": m.Calls()})
	}
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func (n *Network) serveRing(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		From     string `json:"from"`
		Withheld bool   `json:"withheld"`
		Rings    int    `json:"rings"`
		EveryMS  int64  `json:"every_ms"`
		HoldMS   int64  `json:"hold_ms"`
	}
	m := n.named(w, r)
	if m == nil || !body(w, r, &ask) {
		return
	}
	err := m.Ring(Incoming{From: ask.From, Withheld: ask.Withheld, Rings: ask.Rings, Every: ms(ask.EveryMS), Hold: ms(ask.HoldMS)})
	if err != nil {
		refuseHTTP(w, http.StatusConflict, "%v", err)
		return
	}
	answer(w, http.StatusAccepted, m.Status())
}

func (n *Network) serveConduct(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Answer  string `json:"answer"`
		AfterMS int64  `json:"after_ms"`
		HoldMS  int64  `json:"hold_ms"`
	}
	if !body(w, r, &ask) {
		return
	}
	h := n.handset(r.PathValue("number"))
	if h == nil {
		refuseHTTP(w, http.StatusNotFound, "number: no handset has %q; sending from it makes one", r.PathValue("number"))
		return
	}
	if err := h.Treat(Conduct{Answer: ask.Answer, After: ms(ask.AfterMS), Hold: ms(ask.HoldMS)}); err != nil {
		refuseHTTP(w, http.StatusBadRequest, "%v", err)
		return
	}
	answer(w, http.StatusOK, map[string]string{"answer": cmp.Or(ask.Answer, "no-carrier")})
}

// offer is a USSD in JSON.
type offer struct {
	Text       string           `json:"text"`
	Status     int              `json:"status"`
	Choices    map[string]offer `json:"choices"`
	DelayMS    int64            `json:"delay_ms"`
	PatienceMS int64            `json:"patience_ms"`
	Silent     bool             `json:"silent"`
	Early      bool             `json:"early"`
	Twice      bool             `json:"twice"`
	Form       Form             `json:"form"`
	DCS        string           `json:"dcs"`
}

func (o offer) ussd() USSD {
	x := USSD{
		Text: o.Text, Status: o.Status, Delay: ms(o.DelayMS), Patience: ms(o.PatienceMS),
		Silent: o.Silent, Early: o.Early, Twice: o.Twice, Form: o.Form, DCS: o.DCS,
	}
	for choice, next := range o.Choices {
		if x.Choices == nil {
			x.Choices = make(map[string]USSD)
		}
		x.Choices[choice] = next.ussd()
	}
	return x
}

func (n *Network) serveUSSD(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Code   string `json:"code"`
		Answer offer  `json:"answer"`
	}
	if !body(w, r, &ask) {
		return
	}
	if err := n.Offer(ask.Code, ask.Answer.ussd()); err != nil {
		refuseHTTP(w, http.StatusBadRequest, "%v", err)
		return
	}
	answer(w, http.StatusOK, map[string]string{"code": ask.Code})
}

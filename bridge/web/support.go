package web

import (
	"fmt"
	"net/http"
	"time"
)

// bundleTime is how long a support bundle may take on its way: it waits for
// every modem's examination first.
const bundleTime = 5 * time.Minute

// supportBundle answers with all that somebody who helps may want to know of
// the box, as a zip. What it leaves out is promised in package bridge.
func (s *Server) supportBundle(w http.ResponseWriter, r *http.Request, p *proof) error {
	if s.c.Support == nil {
		return modemAbsent.say("", "This box makes no support bundles.")
	}
	ctx, in, err := s.visits.hold(r.Context(), p)
	if err != nil {
		return err
	}
	defer s.visits.leave(in)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(bundleTime))
	name := "smsbridge-support-" + time.Now().UTC().Format("20060102-150405") + ".zip"
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Cache-Control", "no-store")
	if err := s.c.Support(ctx, w, r.URL.Query().Get("goroutines") == "true"); err != nil {
		s.log.Warn("a support bundle broke off", "err", err)
		panic(http.ErrAbortHandler) // the answer has begun, and must not look whole
	}
	return nil
}

package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

var doctorMethods = []method{
	{"modem.at", "POST", "/api/v1/modems/at", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).typeLine), nil},
	{"modem.reset", "POST", "/api/v1/modems/reset", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).restartModem), nil},
	{"modem.transcript", "GET", "/api/v1/modems/transcript", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).transcript), nil},
	{"doctor.get", "GET", "/api/v1/doctor", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).diagnose), nil},
}

type diagnosisAnswer struct {
	Diagnosis storage.Diagnosis `json:"diagnosis"`
}

// diagnose has the doctor look at the box and ask every modem. It takes as long
// as the modems take, some seconds each at the worst.
func (s *Server) diagnose(ctx context.Context, _ storage.Caller, _ none) (diagnosisAnswer, error) {
	radio, err := s.radio()
	if err != nil {
		return diagnosisAnswer{}, err
	}
	d, err := radio.Diagnose(ctx)
	if err != nil {
		return diagnosisAnswer{}, err
	}
	log, err := s.c.Store.FoldBack(ctx)
	if found, bad := log.Finding(time.Now()); bad {
		d.Findings = append([]storage.Finding{found}, d.Findings...)
	}
	return diagnosisAnswer{d}, err
}

type typeParams struct {
	Modem  string `json:"modem" need:"true"` // its port or its line
	Line   string `json:"line" need:"true"`  // with AT
	Unsafe bool   `json:"unsafe"`
}

type typedAnswer struct {
	Answer storage.Typed `json:"answer"`
}

// typeLine runs an AT line. What is more than a question needs unsafe.
func (s *Server) typeLine(ctx context.Context, who storage.Caller, p typeParams) (typedAnswer, error) {
	radio, err := s.radio()
	if err != nil {
		return typedAnswer{}, err
	}
	answer, err := radio.Type(ctx, p.Modem, p.Line, p.Unsafe, who.Author())
	return typedAnswer{answer}, err
}

type modemParams struct {
	Modem string `json:"modem" need:"true"`
}

func (s *Server) restartModem(ctx context.Context, who storage.Caller, p modemParams) (done, error) {
	radio, err := s.radio()
	if err != nil {
		return done{}, err
	}
	return done{true}, radio.Restart(ctx, p.Modem, who.Author())
}

type transcriptParams struct {
	Port string `json:"port"`
	Seq  int64  `json:"seq"`    // behind this line
	Wait int    `json:"wait_s"` // 25 at most
}

type transcriptAnswer struct {
	Said []storage.Said `json:"said"`
}

// transcript is what was said to modems, redacted. With wait it is asked for
// again and again, and answers as soon as there is more.
func (s *Server) transcript(ctx context.Context, _ storage.Caller, p transcriptParams) (transcriptAnswer, error) {
	radio, err := s.radio()
	if err != nil {
		return transcriptAnswer{}, err
	}
	said, err := radio.Transcript(ctx, p.Port, p.Seq, time.Duration(p.Wait)*time.Second)
	return transcriptAnswer{list(said)}, err
}

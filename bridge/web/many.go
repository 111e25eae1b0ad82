package web

import (
	"context"
	"fmt"

	"smsbridge/storage"
)

var manyMethods = []method{
	{"message.send_many", "POST", "/api/v1/messages/many", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).sendMany), nil},
}

type manyParams struct {
	Rows []sendParams `json:"rows" need:"true"` // each as message.send takes it; 100 at most, a campaign takes more
	Idem string       `json:"idem"`             // with their places behind it, for the rows that have none of their own
}

// manyRow is what became of one row: a message, or why there is none.
type manyRow struct {
	Row      int              `json:"row"` // from 1
	Message  *storage.Message `json:"message,omitempty"`
	Seq      int64            `json:"seq,omitempty"`
	Replayed bool             `json:"replayed,omitempty"`
	Error    *rpcError        `json:"error,omitempty"` // as message.send would have been refused
}

type manyAnswer struct {
	Rows     []manyRow `json:"rows"`
	Accepted int       `json:"accepted"`
	Refused  int       `json:"refused"`
}

// sendMany accepts some texts, each as if it were sent by itself: one that is
// refused holds up no other, and each has its own row in the audit.
func (s *Server) sendMany(ctx context.Context, who storage.Caller, p manyParams) (manyAnswer, error) {
	if len(p.Rows) == 0 || len(p.Rows) > storage.MostSent {
		return manyAnswer{}, invalidParams.say("rows", "There are %d rows; one request takes 1 to %d. For more make a campaign.", len(p.Rows), storage.MostSent)
	}
	answer := manyAnswer{Rows: make([]manyRow, len(p.Rows))}
	for i, row := range p.Rows {
		if row.Idem == "" && p.Idem != "" {
			row.Idem = fmt.Sprintf("%s#%d", p.Idem, i+1)
		}
		a := &storage.Audit{AuditEntry: storage.AuditEntry{Author: who.Author(), Method: "message.send"}}
		sent, err := s.send(storage.WithAudit(ctx, a), who, row)
		s.audited(ctx, a, err)
		if err != nil {
			answer.Rows[i] = manyRow{Row: i + 1, Error: s.rpcError(ctx, err)}
			answer.Refused++
			continue
		}
		answer.Rows[i] = manyRow{Row: i + 1, Message: &sent.Message, Seq: sent.Seq, Replayed: sent.Replayed}
		answer.Accepted++
	}
	return answer, nil
}

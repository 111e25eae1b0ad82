package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

// Audit lists at most limit rows of the audit, the newest first, that are older
// than before; 0 stands for all.
func (c *Client) Audit(ctx context.Context, before int64, limit int) ([]storage.AuditEntry, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if before > 0 {
		query.Set("before", strconv.FormatInt(before, 10))
	}
	var out struct{ Rows []storage.AuditEntry }
	err := c.call(ctx, "GET", "/audit", query, nil, &out)
	return out.Rows, err
}

// VerifyAudit checks the whole audit; head is the SEQ:HASH of an earlier
// verification, or empty.
func (c *Client) VerifyAudit(ctx context.Context, head string) (storage.AuditVerdict, error) {
	query := url.Values{}
	if head != "" {
		query.Set("head", head)
	}
	var out struct{ Verdict storage.AuditVerdict }
	err := c.call(ctx, "GET", "/audit/verify", query, nil, &out)
	return out.Verdict, err
}

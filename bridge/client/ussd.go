package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

type ussdAnswer struct{ USSD storage.USSDSession }

// SendUSSD asks the network something on a line, such as *100#. What it says
// comes later: read it with USSD, or follow ussd.updated.
func (c *Client) SendUSSD(ctx context.Context, line, text string) (storage.USSDSession, error) {
	var out ussdAnswer
	err := c.call(ctx, "POST", "/ussd", nil, map[string]string{"line": line, "text": text}, &out)
	return out.USSD, err
}

// AnswerUSSD answers a menu.
func (c *Client) AnswerUSSD(ctx context.Context, id, text string) (storage.USSDSession, error) {
	var out ussdAnswer
	err := c.call(ctx, "POST", "/ussd/"+url.PathEscape(id)+"/answer", nil, map[string]string{"text": text}, &out)
	return out.USSD, err
}

// CancelUSSD ends a session.
func (c *Client) CancelUSSD(ctx context.Context, id string) (storage.USSDSession, error) {
	var out ussdAnswer
	err := c.call(ctx, "POST", "/ussd/"+url.PathEscape(id)+"/cancel", nil, nil, &out)
	return out.USSD, err
}

// USSD reads one session.
func (c *Client) USSD(ctx context.Context, id string) (storage.USSDSession, error) {
	var out ussdAnswer
	err := c.call(ctx, "GET", "/ussd/"+url.PathEscape(id), nil, nil, &out)
	return out.USSD, err
}

// USSDSessions lists the newest sessions of a line, or of all if it is empty.
func (c *Client) USSDSessions(ctx context.Context, line string, limit int) ([]storage.USSDSession, error) {
	var out struct{ Sessions []storage.USSDSession }
	err := c.call(ctx, "GET", "/ussd", url.Values{"line": {line}, "limit": {strconv.Itoa(limit)}}, nil, &out)
	return out.Sessions, err
}

// Balance asks for the credit of a line by its operator's rule.
func (c *Client) Balance(ctx context.Context, line string) (storage.USSDSession, error) {
	var out ussdAnswer
	err := c.call(ctx, "POST", "/lines/"+url.PathEscape(line)+"/balance", nil, nil, &out)
	return out.USSD, err
}

// BalanceRules lists the rules of all operators.
func (c *Client) BalanceRules(ctx context.Context) ([]storage.BalanceRule, error) {
	var out struct{ Rules []storage.BalanceRule }
	err := c.call(ctx, "GET", "/balance-rules", nil, nil, &out)
	return out.Rules, err
}

// SaveBalanceRule keeps the rule of an operator in place of the one before.
func (c *Client) SaveBalanceRule(ctx context.Context, r storage.BalanceRule) error {
	r.Rev = 0 // what the caller knows is told by IfRev
	return c.call(ctx, "POST", "/balance-rules", nil, r, nil)
}

// DeleteBalanceRule forgets the rule of an operator.
func (c *Client) DeleteBalanceRule(ctx context.Context, operator string) error {
	return c.call(ctx, "DELETE", "/balance-rules", url.Values{"operator": {operator}}, nil, nil)
}

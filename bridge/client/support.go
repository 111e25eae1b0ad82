package client

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"
)

// bundleTime is how long a support bundle may take: every modem is examined.
const bundleTime = 5 * time.Minute

// SupportBundle writes to w what somebody who helps may want to know of the
// box, as a zip, with a dump of its goroutines if asked.
func (c *Client) SupportBundle(ctx context.Context, w io.Writer, goroutines bool) error {
	ctx, stop := context.WithTimeout(ctx, bundleTime)
	defer stop()
	r, err := c.request(ctx, "GET", "/support-bundle", url.Values{"goroutines": {fmt.Sprint(goroutines)}}, nil)
	if err != nil {
		return err
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return c.unreachable(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 400 {
		body, _ := io.ReadAll(answer.Body)
		return parseError(answer, body)
	}
	if _, err := io.Copy(w, answer.Body); err != nil {
		return fmt.Errorf("the bundle broke off: %w", err)
	}
	return nil
}

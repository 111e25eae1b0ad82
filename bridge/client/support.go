package client

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"time"
)

// bundleTime is how long a support bundle may take: every modem is examined.
const bundleTime = 5 * time.Minute

// SupportBundle writes to w what somebody who helps may want to know of the
// box, as a zip, with a dump of its goroutines if asked.
func (c *Client) SupportBundle(ctx context.Context, w io.Writer, goroutines bool) error {
	ctx, stop := context.WithTimeout(ctx, bundleTime)
	defer stop()
	return c.copy(ctx, w, "/support-bundle", url.Values{"goroutines": {strconv.FormatBool(goroutines)}})
}

package web

import (
	"time"

	"github.com/gorilla/websocket"
)

// Close codes of the private range (RFC 6455, 7.4.2).
const (
	closeAuth      = 4001
	closeBadFrame  = 4002
	closeForbidden = 4003
	closeSlow      = 4008
	closeTooMany   = 4009
	closeVersion   = 4010
	closeStopping  = 4011
	closeRevoked   = 4012
	closeAccess    = 4013
)

// closings is every code that a socket is closed with beside those of RFC 6455
// (1009: the frame is too large), and whether a client that comes again at
// once, with its last number, can be let in. Who may not come again has
// something to change first.
var closings = []struct {
	code  int
	name  string
	again bool
	means string
}{
	{closeAuth, "auth", false, "Signed out, or the first frame did not tell who is there within 5 seconds. Sign in."},
	{closeBadFrame, "bad frame", false, "A binary frame. Frames are text, one JSON object each."},
	{closeForbidden, "forbidden", false, "This client may not come in this way: a page of a portal takes a ticket, never a token."},
	{closeSlow, "slow consumer", true, "Too much was on the way and nothing was taken, or the stream was behind for long. Nothing is lost."},
	{closeTooMany, "too many", true, "This caller or the box has as many sockets as it takes. Close one first, or wait."},
	{closeVersion, "version", false, "The subprotocols that were offered do not hold smsbridge.v1."},
	{closeStopping, "shutting down", true, "The box stops or starts again. The bye before it says retry_after_ms."},
	{closeRevoked, "token revoked", false, "The token was revoked, or its account switched off."},
	{closeAccess, "access changed", true, "What the caller may see is another now. Come again; the answer says from where."},
}

// closing is why a socket ends, as the desk is told.
type closing struct {
	code int
	text string
}

func (c closing) Error() string { return c.text }

var (
	errRevoked   = closing{closeRevoked, "the token was revoked"}
	errSignedOut = closing{closeAuth, "signed out"}
	errAccess    = closing{closeAccess, "what you may see has changed; come again with the last number seen"}
	errSlow      = closing{closeSlow, "too slow; come again with the last number seen"}
	errPortal    = closing{closeForbidden, "a page of another origin comes in with a ticket, never with a token"}
)

// end says goodbye to a connection that has no reader.
func end(conn *websocket.Conn, c closing) {
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.code, brief(c.text)), time.Now().Add(farewell))
	_ = conn.SetReadDeadline(time.Now().Add(farewell))
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return
		}
	}
}

// brief fits a reason into a control frame (RFC 6455, 5.5: 125 octets).
func brief(text string) string {
	if len(text) > 120 {
		return text[:120]
	}
	return text
}

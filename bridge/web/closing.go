package web

import (
	"time"

	"github.com/gorilla/websocket"
)

// Close codes.
const (
	closeAuth     = 4001
	closeBadFrame = 4002
	closeSlow     = 4008
	closeTooMany  = 4009
	closeVersion  = 4010
	closeStopping = 4011
	closeRevoked  = 4012
	closeAccess   = 4013
)

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

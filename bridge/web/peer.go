package web

import (
	"context"
	"net"
	"os/user"
	"strconv"
)

// peerKey carries the name of who is at the other end of the Unix socket.
type peerKey struct{}

// Peer looks who is at the other end of a Unix socket, as http.Server's
// ConnContext. Whether they may be there the file's permission has said, which
// the kernel checks; this is so that the audit can tell administrators apart.
func Peer(ctx context.Context, c net.Conn) context.Context {
	socket, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	uid, ok := peerUID(socket)
	if !ok {
		return ctx
	}
	id := strconv.FormatUint(uint64(uid), 10)
	name := "uid " + id
	if u, err := user.LookupId(id); err == nil && u.Username != "" {
		name = u.Username
	}
	return context.WithValue(ctx, peerKey{}, name)
}

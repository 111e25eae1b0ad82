package gateway

import (
	"context"
	"smsbridge/storage"
	"time"
)

type SelfTestOptions struct{ Every time.Duration }

func (g *Gateway) selfTests(ctx context.Context)                      {}
func (g *Gateway) arrived(ctx context.Context, e storage.Event) error { return nil }

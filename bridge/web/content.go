package web

// Content is what the ledger keeps of texts that are not written one by one,
// and of who is not written to or not listened to.
type Content interface {
	templateStore
	listStore
	campaignStore
	optOutStore
	blockStore
	autoReplyStore
}

package web

// errorKinds is the table of errors as the documents show it. TestErrorKinds
// holds it against errors.go.
var errorKinds = []kind{
	claimed, caseClosed, mergeMissing, optedOut,
	parseError, invalidRequest, methodNotFound, wrongVerb, invalidParams, tooLarge, upgradeNeeded, misdirected,
	unauthenticated, tokenExpired, forbidden,
	pairPending, pairSlow, pairDenied, pairExpired,
	fromRequired, recipientInvalid, textEmpty, tooManyParts, channelNot,
	smsOff, smsOffLine, smsOffUser, notAssigned, noLine, quotaUsed, quietHours, rateLimited, tooMany, notSetUp, numberRule,
	conflict, idemMismatch, idemRunning, tooOld, notFound, cursorLost,
	modemAbsent, notRegistered, phoneRefused,
	storageFull, internal, shuttingDown,
}

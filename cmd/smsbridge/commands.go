package main

import "github.com/spf13/cobra"

// commands lists the verbs in the order of the help: the four used most first.
func commands() []*cobra.Command {
	return []*cobra.Command{
		newSendCommand(),
		newTailCommand(),
		newCountCommand(),
		newChatCommand(),
		newServeCommand(),
		newSetupCommand(),
		newThreadCommand(),
		newMessageCommand(),
		newContactCommand(),
		newMeCommand(),
		newSettingCommand(),
		newOfferCommand(),
		newCaseCommand(),
		newStatsCommand(),
		newLineCommand(),
		newModemCommand(),
		newDoctorCommand(),
		newSupportCommand(),
		newUSSDCommand(),
		newCallCommand(),
		newSelfTestCommand(),
		newTokenCommand(),
		newHookCommand(),
		newAgentCommand(),
		newAuditCommand(),
		newAPICommand(),
		newContextCommand(),
		newManCommand(),
		newVersionCommand(),
		newCursorCommand(),
		newDBCommand(),
		newPDUCommand(),
		newTrustCommand(),
		newFindCommand(),
		newUdevCommand(),
		newLabCommand(),
	}
}

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
		newStopSendingCommand(),
		newResumeSendingCommand(),
		newLimitCommand(),
		newRuleCommand(),
		newQuietCommand(),
		newMeCommand(),
		newSettingCommand(),
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
		newCursorCommand(),
		newDBCommand(),
		newPDUCommand(),
		newTrustCommand(),
		newFindCommand(),
		newUdevCommand(),
		newLabCommand(),
	}
}

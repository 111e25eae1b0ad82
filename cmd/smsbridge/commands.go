package main

import "github.com/spf13/cobra"

func init() { cobra.EnableCommandSorting = false } // the order below is that of the help

// A group is verbs that one looks for together.
type group struct {
	title string
	verbs []*cobra.Command
}

// commands lists the verbs in the order of the help: the four used most first.
func commands() []group {
	return []group{
		{"Every day:", []*cobra.Command{
			newSendCommand(),
			newTailCommand(),
			newCountCommand(),
			newChatCommand(),
		}},
		{"The box:", []*cobra.Command{
			newServeCommand(),
			newSetupCommand(),
			newDoctorCommand(),
			newSupportCommand(),
			newSettingCommand(),
			newDBCommand(),
			newTrustCommand(),
			newFindCommand(),
			newUdevCommand(),
		}},
		{"Texts and people:", []*cobra.Command{
			newThreadCommand(),
			newMessageCommand(),
			newContactCommand(),
			newTemplateCommand(),
			newListCommand(),
			newCampaignCommand(),
			newAutoReplyCommand(),
			newImportCommand(),
			newExportCommand(),
		}},
		{"What may be sent:", []*cobra.Command{
			newStopSendingCommand(),
			newResumeSendingCommand(),
			newLimitCommand(),
			newRuleCommand(),
			newQuietCommand(),
			newOptOutCommand(),
			newBlockCommand(),
		}},
		{"Work with customers:", []*cobra.Command{
			newOfferCommand(),
			newCaseCommand(),
			newCallCommand(),
			newStatsCommand(),
		}},
		{"Lines and modems:", []*cobra.Command{
			newLineCommand(),
			newModemCommand(),
			newUSSDCommand(),
			newSelfTestCommand(),
		}},
		{"Accounts and programs:", []*cobra.Command{
			newAgentCommand(),
			newMeCommand(),
			newTokenCommand(),
			newHookCommand(),
			newCursorCommand(),
			newAuditCommand(),
			newAPICommand(),
			newContextCommand(),
		}},
		{"Tools:", []*cobra.Command{
			newPDUCommand(),
			newLabCommand(),
			newManCommand(),
			newVersionCommand(),
		}},
	}
}

// addCommands gives root all verbs, in their groups.
func addCommands(root *cobra.Command) {
	last := ""
	for _, g := range commands() {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, c := range g.verbs {
			c.GroupID = g.title
			root.AddCommand(c)
		}
		last = g.title
	}
	root.SetCompletionCommandGroupID(last)
	root.SetHelpCommandGroupID(last)
	root.InitDefaultCompletionCmd()
}

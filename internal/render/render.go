// Package render writes plans, reports, problems, tables and findings for people and machines. It must not decide
// anything about what to change, nor print a character of a roster or a server that could mislead a terminal.
//
//	view.go, words.go     what is shown, in which order and in which words: shared by every format
//	page.go, rows.go      how text looks: columns, wrapping, colour
//	plan_text.go, ...     one file a format
//
// Whatever comes from a roster or a server passes through safe (or JSON) before it is written.
package render

// TextOptions say how text looks and what the reader typed.
type TextOptions struct {
	Width   int     // columns of the terminal; 0 if it is not one: prose then stays on one line
	Color   bool    // colour by meaning; never the only carrier of it
	Verbose bool    // everything: all notes, all done actions, all guards
	Quiet   bool    // what stops a run and the last line, nothing else
	Command Command // what the reader typed

	// ReportFile is the report that is taken back, as a shell takes it; an undo that is not saved names it.
	ReportFile string
	// PlanFile is the saved plan, as a shell takes it, if there is one; the next command names it.
	PlanFile string
	// WholeFile is the file, as a shell takes it, that holds everything of what is shown; a format that can't hold it names it.
	WholeFile string
	// RunReport is the file, as a shell takes it, of the report that is shown, if a run can be taken back by it.
	RunReport string
	// Flags stand behind the next command, ready to paste: what the reader typed and has to repeat, such as "-f roster.yaml".
	Flags string
	// Roster is the part of Flags that every command takes that reads a roster and an instance: which ones.
	Roster string
}

// Command is a command whose output a plan or report is.
type Command string

// The commands that show a plan.
const (
	PlanCommand  Command = "plan"
	ApplyCommand Command = "apply" // shows the plan and then asks, so nothing is to be typed next
	DriftCommand Command = "drift"
	UndoCommand  Command = "undo" // the plan takes a run back
	ShowCommand  Command = "show" // the plan was saved before
)

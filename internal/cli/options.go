package cli

import (
	"cmp"
	"strings"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// common are the flags that every command has.
type common struct {
	color   string
	quiet   bool
	verbose bool
}

// options are the flags of one command. It registers those that concern it; the others keep their zero value.
type options struct {
	*common
	format string

	file   string
	target string
	sim    string
	live   string
	maxAge time.Duration

	allowHTTP bool
	caFile    string
	rate      string
	maxWait   time.Duration
	timeout   time.Duration // of the whole run; 0: none
	trace     string

	only       []string
	noRemovals bool
	detailed   bool
	out        string
	base       string
	strict     bool

	yes         bool
	exactPlan   bool
	reports     []string
	labels      []string
	concurrency int
	grace       time.Duration

	shown      string // the argument of show
	planFile   string // the argument of apply and of show
	reportFile string // the argument of undo

	snapshot string
	force    bool

	notify  string
	state   string
	metrics string

	pace *plan.Pace // what rate says; nil: the default of the host
}

// Defaults of flags.
const (
	defaultFile   = "users.yaml"
	defaultMaxAge = 24 * time.Hour
	defaultGrace  = apply.DefaultGrace
	// defaultMaxWait spans every limit that is counted by the minute, and no maintenance.
	defaultMaxWait = 5 * time.Minute
)

// The formats of --format.
const (
	formatText = "text"
	formatJSON = "json"
	formatCSV  = "csv"

	formatGitHub = string(render.FormatGitHub)
)

// scope is what --only and --no-removals limit a run to.
func (o *options) scope() plan.Scope {
	return plan.Scope{Only: o.only, NoRemovals: o.noRemovals}
}

// colored reports whether output to a stream is coloured. NO_COLOR with any value but the empty one switches it off
// (https://no-color.org), and so does a terminal that can't.
func (o *common) colored(env Env, to Output) bool {
	switch o.color {
	case "always":
		return true
	case "never":
		return false
	}
	return to.Terminal() && env.Getenv("NO_COLOR") == "" && env.Getenv("TERM") != "dumb"
}

// text says how text on a stream looks.
func (o *options) text(env Env, to Output, command render.Command) render.TextOptions {
	return render.TextOptions{
		Width: to.Width, Color: o.colored(env, to), Verbose: o.verbose, Quiet: o.quiet, Command: command,
		PlanFile: o.savedPlan(), ReportFile: shellArgument(o.reportFile), WholeFile: o.wholeFile(), Flags: o.again(),
		Roster: strings.Join(o.where(), " "), RunReport: o.runReport(),
	}
}

// fileText says how text in a file looks: like text in a pipe, and complete.
func (o *options) fileText(command render.Command) render.TextOptions {
	return render.TextOptions{
		Verbose: true, Command: command, ReportFile: shellArgument(o.reportFile), PlanFile: o.savedPlan(), WholeFile: o.wholeFile(),
		Flags: o.again(), Roster: strings.Join(o.where(), " "),
	}
}

// wholeFile returns the file that holds everything of what is shown, as a shell takes it, or "" if none does.
func (o *options) wholeFile() string {
	for _, path := range o.reports {
		if format, ok := render.FormatOf(path); ok && render.HoldsEverything(format) {
			return shellArgument(path)
		}
	}
	return shellArgument(cmp.Or(o.out, o.shown))
}

// runReport returns the report, as a shell takes it, by which the run that is shown can be taken back, or "" if none is kept.
func (o *options) runReport() string {
	for _, path := range o.reports {
		if format, ok := render.FormatOf(path); ok && format == render.FormatJSON {
			return shellArgument(path)
		}
	}
	return shellArgument(o.shown)
}

// savedPlan returns the file that a plan comes from or goes to, as a shell takes it, or "".
func (o *options) savedPlan() string {
	return shellArgument(cmp.Or(o.planFile, o.out))
}

// shellArgument returns an argument as a shell takes it, or "" for none.
func shellArgument(s string) string {
	if s == "" {
		return ""
	}
	return shellQuoted(s)
}

// again returns the flags that the next command needs to be about the same roster, the same instance and, unless a saved
// plan says that, the same part of it.
func (o *options) again() string {
	flags := o.where()
	if o.savedPlan() != "" {
		return strings.Join(flags, " ")
	}
	for _, s := range o.only {
		flags = append(flags, "--only "+shellQuoted(s))
	}
	if o.noRemovals {
		flags = append(flags, "--no-removals")
	}
	return strings.Join(flags, " ")
}

// where returns the flags that say which roster and which instance.
func (o *options) where() []string {
	var flags []string
	if o.file != "" && o.file != defaultFile {
		flags = append(flags, "-f "+shellQuoted(o.file))
	}
	if o.sim != "" {
		flags = append(flags, "--sim "+shellQuoted(o.sim))
	}
	return flags
}

// shellQuoted returns an argument so that a shell takes it for one.
func shellQuoted(s string) string {
	plain := s != ""
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("-_./:@%+,=", r):
		default:
			plain = false
		}
	}
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

package cli

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// invocation is what the rules between flags look at beside the flags themselves.
type invocation struct {
	formats  []string          // that the command knows, the default first; nil: it has no --format
	given    func(string) bool // whether a flag was typed
	planFile string            // the argument of apply
}

// check holds the flags against each other, and returns the first rule that they break. It fills in what flags say in
// words of their own.
func (o *options) check(in invocation) error {
	if !slices.Contains(colors(), o.color) {
		return usage(choices(o.color, colors()), "--color %q is not known", o.color)
	}
	if in.formats != nil && !slices.Contains(in.formats, o.format) {
		return usage(choices(o.format, in.formats), "--format %q is not known to this command", o.format)
	}
	for _, rule := range []struct {
		broken bool
		text   string
		hint   string
	}{
		{o.quiet && o.verbose, "-q and -v contradict each other", "leave one of them out"},
		{o.sim != "" && o.live != "", "--sim and --live contradict each other", "a plan is made against one of them"},
		{in.given("max-age") && o.live == "", "--max-age is of no use without --live", ""},
		{o.live != "" && in.given("rate"), "--rate is of no use with --live, which sends nothing", ""},
		{o.live != "" && in.given("max-wait"), "--max-wait is of no use with --live, which sends nothing", ""},
		{o.live != "" && in.given("timeout"), "--timeout is of no use with --live, which sends nothing", ""},
		{o.live != "" && o.trace != "", "--trace is of no use with --live, which sends nothing", ""},
		{o.live != "" && o.caFile != "", "--ca-file is of no use with --live, which sends nothing", ""},
		{o.sim != "" && o.caFile != "" && o.notify == "", "--ca-file is of no use with --sim, which has no certificate", ""},
		{o.live != "" && o.allowHTTP, "--allow-http is of no use with --live, which sends nothing", ""},
		{o.sim != "" && o.allowHTTP && o.notify == "", "--allow-http is of no use with --sim, which sends nothing", ""},
		{in.given("max-wait") && o.maxWait <= 0, "--max-wait must be more than 0", "write --max-wait 1s to wait for next to nothing"},
		{in.given("timeout") && o.timeout <= 0, "--timeout must be more than 0", "leave it out to let a run take as long as it takes"},
		{o.maxAge < 0, "--max-age is negative", ""},
		{o.exactPlan && in.planFile == "", "--exact-plan needs a plan file", "save one with `rollcall plan --out plan.json`"},
		{in.planFile != "" && len(o.only) > 0, "--only is of no use with a plan file, which has a scope of its own", "plan again with --only"},
		{in.planFile != "" && o.noRemovals, "--no-removals is of no use with a plan file, which has a scope of its own", "plan again with --no-removals"},
		{in.given("concurrency") && (o.concurrency < 1 || o.concurrency > 64), "--concurrency must be from 1 to 64", ""},
		{o.grace < 0, "--grace is negative", ""},
		{o.strict && o.base == "", "--strict is of no use without --base", ""},
		{o.force && o.out == "", "--force is of no use without --out", ""},
	} {
		if rule.broken {
			return usage(rule.hint, "%s", rule.text)
		}
	}
	if err := o.checkNotify(in.given); err != nil {
		return err
	}
	for _, s := range o.only {
		if err := checkOnly(s); err != nil {
			return err
		}
	}
	for _, text := range o.labels {
		if err := checkLabel(text); err != nil {
			return err
		}
	}
	if err := o.checkFiles(in.planFile); err != nil {
		return err
	}
	return o.parseRate()
}

// checkOnly returns what is wrong with a value of --only.
func checkOnly(s string) error {
	hint := "write --only user:ADDRESS or --only group:NAME"
	address, isUser := strings.CutPrefix(s, "user:")
	name, isGroup := strings.CutPrefix(s, "group:")
	switch {
	case isUser && !directory.Email(address).Usable():
		return usage(hint, "--only %q: that is no address", s)
	case isGroup && strings.TrimSpace(name) == "":
		return usage(hint, "--only %q names no group", s)
	case !isUser && !isGroup:
		if meant := selector(s); meant != "" {
			hint = question(meant)
		}
		return usage(hint, "--only %q does not say whether it is a user or a group", s)
	}
	return nil
}

// selector returns the selector that somebody meant who wrote s: with another word before the colon, or with none.
func selector(s string) string {
	kind, name, colon := strings.Cut(s, ":")
	near, ok := directory.Suggest(kind, []string{"user", "group"})
	switch {
	case colon && ok && name != "":
		return near + ":" + name
	case !colon && directory.Email(s).Usable():
		return "user:" + s
	case !colon && strings.TrimSpace(s) != "":
		return "group:" + s
	}
	return ""
}

// checkFiles returns an error if one file would be written twice, or written over what is read.
func (o *options) checkFiles(planFile string) error {
	for _, path := range o.reports {
		if _, ok := render.FormatOf(path); !ok {
			return usage("the ending says the format: "+choices(filepath.Ext(path), render.Endings()), "--report %s: no report format has this ending", path)
		}
	}
	uses := make(map[string]string)
	for _, file := range []struct{ use, path string }{{"--file", o.file}, {"--sim", o.sim}, {"--live", o.live}, {"the plan", planFile}, {"the report to take back", o.reportFile}, {"--ca-file", o.caFile}} {
		if file.path != "" {
			uses[filepath.Clean(file.path)] = file.use
		}
	}
	// A roster may be imported in place of the one there is, if --force says so.
	if o.force {
		delete(uses, filepath.Clean(o.file))
	}
	for _, file := range o.written() {
		if file.path == "-" {
			return usage("standard output gets the result without being asked; ./- is a file of that name", "%s - names no file", file.use)
		}
		clean := filepath.Clean(file.path)
		if other, taken := uses[clean]; taken {
			return usage("give it another name", "%s %s is the file of %s as well", file.use, file.path, other)
		}
		uses[clean] = file.use
	}
	return nil
}

// written returns the files that flags want written, and which flags.
func (o *options) written() []struct{ use, path string } {
	files := []struct{ use, path string }{{"--out", o.out}, {"--snapshot", o.snapshot}, {"--trace", o.trace}, {"--state", o.state}, {"--metrics", o.metrics}}
	for _, path := range o.reports {
		files = append(files, struct{ use, path string }{"--report", path})
	}
	return slices.DeleteFunc(files, func(f struct{ use, path string }) bool { return f.path == "" })
}

// burstShare is the part of a minute's requests that may be sent at once, in percent: that of the default pace.
const burstShare = 66

// parseRate reads --rate, in requests a minute.
func (o *options) parseRate() error {
	const hint = "write --rate 90/m, or --rate max for no limit of our own"
	switch o.rate {
	case "":
		return nil
	case "max":
		o.pace = &plan.Pace{}
		return nil
	}
	number, found := strings.CutSuffix(o.rate, "/m")
	n, err := strconv.Atoi(number)
	if !found || err != nil || n < 1 || n > 100_000 {
		return usage(hint, "--rate %q is not a number of requests a minute", o.rate)
	}
	o.pace = &plan.Pace{PerMinute: n, Burst: max(1, n*burstShare/100)}
	return nil
}

// alternatives returns "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

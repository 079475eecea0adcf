package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/notify"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
)

// The variables that say where notifications go and what they are signed with. Each may be a file, with _FILE behind its
// name. An address is a secret: whoever knows it may write there. So it is never a flag.
const (
	notifyURL    = "ROLLCALL_NOTIFY_URL"
	notifySecret = "ROLLCALL_NOTIFY_SECRET"
)

const (
	notifyTimeout  = 10 * time.Second // of one try: a receiver that takes longer has a fault
	notifyMaxWait  = time.Minute      // that a receiver may ask for: a drift that was not told is told tomorrow
	notifyMaxBody  = 1 << 20          // of an answer, in bytes, of which an error needs a line
	maxStateFile   = 1 << 20          // in bytes: one has some hundred
	stateFileHint  = "give each roster, target and receiver a state file of its own, or remove this one"
	notifyAgain    = "the next run tells it again; --trace FILE logs what was sent, without the address"
	notifyNoAccess = "is the address in " + notifyURL + " still the one that the receiver shows? The next run tells it again"
)

// notifyFlags are the flags of a command that tells others.
func notifyFlags(f *pflag.FlagSet, o *options) {
	f.StringVar(&o.notify, "notify", "", "tell of drift that was not told before: `FORM` "+alternatives(notify.Forms())+", sent to the address in "+notifyURL+" or "+notifyURL+"_FILE")
	f.StringVar(&o.state, "state", "", "keep in `FILE` what --notify told last")
}

// checkNotify returns the first rule that the flags of a notification break. A value that is no form is not repeated: it may
// be the address, which is a secret.
func (o *options) checkNotify(given func(string) bool) error {
	switch {
	case given("notify") && !slices.Contains(notify.Forms(), o.notify):
		return usage("where it goes is said by "+notifyURL+" or "+notifyURL+"_FILE", "--notify takes %s", alternatives(notify.Forms()))
	case o.notify != "" && o.state == "":
		return usage("name a file: it keeps what was told, so that nothing is told twice", "--notify needs --state")
	case o.state != "" && o.notify == "":
		return usage("", "--state is of no use without --notify")
	}
	return nil
}

// notifier tells of drift that was not told before. A nil notifier tells nobody.
type notifier struct {
	sender notify.Sender
	file   *pendingFile  // of the next state
	state  *notify.State // nil: none that can be read
}

// beginNotify finds out where to tell and what was told, before anything is read of the tool.
func (r *run) beginNotify() (*notifier, error) {
	if r.o.notify == "" {
		return nil, nil
	}
	n := &notifier{sender: notify.Sender{Form: notify.Form(r.o.notify)}}
	address, given, err := secretFrom(r.env.Getenv, notifyURL)
	switch {
	case err != nil:
		return nil, err
	case !given || address == "":
		return nil, usage("it says where --notify sends", "not set: %s or %s_FILE", notifyURL, notifyURL)
	}
	if n.sender.To, err = httpx.ParseWebhook(httpx.NewSecret(address), r.o.allowHTTP); err != nil {
		return nil, usage("it begins with https://, or with http:// and --allow-http where nobody else listens", "%s: %v", notifyURL, err)
	}
	secret, given, err := secretFrom(r.env.Getenv, notifySecret)
	switch {
	case err != nil:
		return nil, err
	case given && secret == "":
		return nil, usage("leave it out to send without a signature", "%s is empty", notifySecret)
	}
	if given {
		n.sender.Secret = httpx.NewSecret(secret)
	}
	if n.file, err = beginOptional("--state", r.o.state, private); err != nil {
		return nil, err
	}
	text, err := readFile(r.o.state, maxStateFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return n, nil
	case err != nil:
		n.discard()
		return nil, usage("", "--state %s can't be read: %v", r.o.state, cause(err))
	}
	if n.state, err = notify.ReadState(text); err != nil {
		r.remark("state: %s is %v; taken for none, so that drift is told again", r.o.state, err)
	}
	return n, nil
}

func (n *notifier) discard() {
	if n != nil {
		n.file.discard()
	}
}

// bind holds the state against what this run is about, as soon as that is known.
func (n *notifier) bind(o *options, want *directory.Desired, target plan.Target) error {
	if n == nil {
		return nil
	}
	now := notify.NewState(n.sender.Form, target, notify.Roster(want.Files), o.scope())
	if n.state == nil {
		n.state = now
	}
	if err := n.state.Bind(now); err != nil {
		return usage(stateFileHint, "--state %s: %v", o.state, err)
	}
	return nil
}

// tell sends what is new, and keeps that it did.
func (n *notifier) tell(ctx context.Context, r *run, p *plan.Plan) error {
	if n == nil {
		return nil
	}
	fingerprint, err := notify.Fingerprint(p)
	if err != nil {
		return err
	}
	now := r.env.Now()
	next, due := n.state.Tell(fingerprint, now)
	if due {
		if n.sender.Options, err = r.notifyOptions(); err != nil {
			return err
		}
		if err := n.sender.Send(ctx, notify.Drift{Plan: p, Time: now}); err != nil {
			return untold(n.sender.Form, err)
		}
	}
	r.sayTold(n.sender.Form, next, due)
	if next == n.state {
		return nil
	}
	if err := n.file.write(next.Write); err != nil {
		return &hintedError{fmt.Errorf("--state %w", err), "what is told now is told again by the next run"}
	}
	return nil
}

// sayTold says on standard error what became of a notification.
func (r *run) sayTold(form notify.Form, state *notify.State, due bool) {
	switch {
	case r.o.quiet:
	case due:
		r.remark("notify: told %s", form)
	case state.Fingerprint != "":
		r.remark("notify: %s was told of this drift, at %s", form, state.Changed.Format("2006-01-02 15:04 MST"))
	}
}

// untold is the error of a notification that was not taken. It keeps the words alone of what went wrong: exit codes speak of
// the tool, and a receiver that denies access is not the tool that does.
func untold(form notify.Form, err error) error {
	var failed *httpx.Error
	if !errors.As(err, &failed) || failed.Kind == httpx.Canceled {
		return err
	}
	hint := notifyAgain
	switch failed.Kind {
	case httpx.Unauthorized, httpx.Forbidden, httpx.NotFound, httpx.Redirected, httpx.NotJSON:
		hint = notifyNoAccess
	}
	return &hintedError{fmt.Errorf("notification to %s: %s", form, failed.Error()), hint}
}

// notifyOptions returns how a notification is sent: like a request to the tool, with less patience.
func (r *run) notifyOptions() (httpx.Options, error) {
	opts := httpx.Options{
		UserAgent: "rollcall/" + r.env.Version, Timeout: notifyTimeout, MaxWait: min(r.o.maxWait, notifyMaxWait), MaxBody: notifyMaxBody, OnWait: r.waitToTell,
	}
	if r.o.verbose {
		opts.Log = slog.New(slog.NewTextHandler(r.env.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if r.trace != nil {
		opts.Details, opts.OnRequest = true, r.trace.request
	}
	var err error
	opts.Roots, err = r.o.roots()
	return opts, err
}

// waitToTell tells of a wait before a further try, in words of its own: it is the receiver who asks for it, and not the tool.
func (r *run) waitToTell(w httpx.Wait) {
	if w.For >= longWait {
		r.progress.say("notify: " + progress.Wait{Why: progress.Again, Status: w.Status}.Text(w.For))
	}
	if r.trace != nil {
		r.trace.wait(w)
	}
}

package apply

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// The defaults of Input.
const (
	DefaultConcurrency = 8
	DefaultGrace       = 5 * time.Second
)

// Input is what Run needs. Plan, Live, Target and Replan must be set.
type Input struct {
	Plan   *plan.Plan
	Live   *directory.Live // what Plan was computed from
	Caps   plan.Caps       // of the instance: fields that it does not report are not looked for in its answers
	Target Target

	// Replan computes the plan again from the final read, through the same scope and the same approved plan.
	Replan func(*directory.Live) (*plan.Plan, error)

	// Settled are actions that were decided before the run: approved ones that are true already (Done), and new ones
	// outside the approved plan (NotRun). They are reported after the actions of the plan; the latter are not expected
	// of the final read.
	Settled []Outcome

	Run      RunInfo         // ID, Account, Commit and Labels; Run fills in the rest
	Requests func() Requests // the client's counters so far; nil: none are reported
	Observer Observer        // nil: nobody watches
	Now      func() time.Time

	Concurrency int           // actions at a time inside a batch; 0: DefaultConcurrency
	Grace       time.Duration // for calls under way when the context ends; 0: DefaultGrace, negative: none
}

// Observer is told of a run's progress, one call at a time. It must not keep the run waiting.
type Observer interface {
	ActionStarted(plan.Action)
	ActionEnded(Outcome) // of every action, also of one that was never started
	FinalReadStarted()
}

// Run carries out the plan and returns what happened. It changes neither the plan nor the live state, and never returns
// nil. If ctx ends no further action starts, calls under way get the grace period, and the rest is not run. That was an
// interrupt, unless ctx had a deadline that passed: then the run is not converged, and its cause is the reason that the
// report gives.
//
//	plan ──> refused? ──> batch 1 ──> batch 2 ... ──> final read ──> plan again ──> report
//	                        │ actions in plan order, several at a time:
//	                        └ blocked by a need? ──> bind names ──> (re-read, merge) ──> one write ──> compare the answer
func Run(ctx context.Context, in Input) *Report {
	r := newRun(ctx, in)
	report := r.report()
	if len(in.Plan.Refused()) > 0 {
		// The caller stops before this; a refused plan is not to be carried out whoever asks.
		r.endRest("the plan is refused by a guard")
		return r.complete(report, Refused)
	}

	calls, cancel := withGrace(ctx, r.in.Grace)
	defer cancel()
	r.fresh = newFreshReads(func() (*directory.Live, error) { return in.Target.Read(calls, directory.Extent{}) })

	next := 0
	for _, batch := range in.Plan.Batches {
		r.runBatch(calls, next, len(batch.Actions))
		next += len(batch.Actions)
	}
	if ctx.Err() == nil && r.wrote {
		r.finalRead(ctx, report)
	}
	if end := r.ended(); end != nil && report.FinalRead != FinalReadDone {
		report.FinalRead, report.FinalReadError = FinalReadSkipped, ""
		if errors.Is(end, errInterrupted) {
			return r.complete(report, Interrupted)
		}
		report.FinalReadError = end.Error()
		return r.complete(report, NotConverged)
	}
	return r.complete(report, resultOf(r.outcomes[:r.ours], report))
}

// run is the state of one Run.
type run struct {
	in       Input
	groups   GroupSide     // one of the two sides is nil
	accounts UserSide      //
	projects ProjectSide   // nil: the tool has no members of projects
	shares   *shares       // on the user's side of the relation
	lanes    chan struct{} // a token for each account that is being written there
	bound    *binding
	fresh    *freshReads
	ended    func() error    // endOf the context that Ctrl-C and the deadline end, not of the calls that outlive it
	stop     <-chan struct{} // closed when that context ends

	place  map[string]int             // id of an action -> its place in outcomes
	making map[directory.EmailKey]int // address -> place of the action that creates or reactivates the account
	ours   int                        // outcomes before this place are of the plan, the others were settled before

	mu       sync.Mutex
	outcomes []Outcome // in plan order, then the settled ones; Status is empty until an action has ended
	wrote    bool      // a write was tried
	shut     bool      // the credentials were refused
}

func newRun(ctx context.Context, in Input) *run {
	if in.Concurrency < 1 {
		in.Concurrency = DefaultConcurrency
	}
	if in.Grace == 0 {
		in.Grace = DefaultGrace
	}
	if in.Now == nil {
		in.Now = time.Now
	}
	if in.Observer == nil {
		in.Observer = nobody{}
	}
	r := &run{
		in: in, bound: bind(in.Live), ended: func() error { return endOf(ctx) }, stop: ctx.Done(),
		place: make(map[string]int), making: make(map[directory.EmailKey]int),
	}
	if in.Caps.Membership == plan.OnUser {
		r.accounts, _ = in.Target.(UserSide)
	} else {
		r.groups, _ = in.Target.(GroupSide)
	}
	r.projects, _ = in.Target.(ProjectSide)
	for i, a := range in.Plan.Actions() {
		r.outcomes = append(r.outcomes, Outcome{Action: *a})
		if makesAccount(a.Kind) {
			r.making[directory.Email(a.Subject).Key()] = i
		}
	}
	r.ours = len(r.outcomes)
	if r.in.Caps.Membership == plan.OnUser {
		r.shares, r.lanes = shareOut(r.outcomes, r.bound), make(chan struct{}, in.Concurrency)
	}
	r.outcomes = append(r.outcomes, in.Settled...)
	for i := range r.outcomes {
		r.place[r.outcomes[i].ID] = i
	}
	return r
}

// withGrace returns a context for calls: it outlives ctx by the grace period.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	calls, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-calls.Done():
		}
	})
	return calls, func() {
		unhook()
		cancel()
	}
}

// runBatch carries out the n actions from place first on, started in their order, and returns when all have ended.
func (r *run) runBatch(calls context.Context, first, n int) {
	slots := make(chan struct{}, r.in.Concurrency)
	var workers sync.WaitGroup
	defer workers.Wait()
	for i := first; i < first+n; i++ {
		select {
		case slots <- struct{}{}:
		case <-r.stop:
			r.endUnstarted(i, r.notStarted(), NotRun)
			continue
		}
		if !r.start(i) {
			<-slots
			continue
		}
		workers.Go(func() {
			defer func() { <-slots }()
			action := &r.outcomes[i].Action
			remarks, err := r.perform(calls, action)
			err = r.heed(err)
			r.end(i, remarks, err, statusOf(err))
		})
	}
}

// start marks an action as started, or ends it if something stands against it.
func (r *run) start(i int) bool {
	r.mu.Lock()
	shut, hindrance := r.shut, r.hindrance(&r.outcomes[i].Action)
	r.mu.Unlock()
	switch {
	case r.ended() != nil:
		r.endUnstarted(i, r.notStarted(), NotRun)
	case shut:
		r.endUnstarted(i, fmt.Errorf("%w before it was started", errShut), NotRun)
	case hindrance != "":
		r.endUnstarted(i, errors.New(hindrance), Blocked)
	default:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.outcomes[i].Started = r.in.Now()
		r.in.Observer.ActionStarted(r.outcomes[i].Action)
		return true
	}
	return false
}

// notStarted is the reason of an action that comes after the end of the run.
func (r *run) notStarted() error { return fmt.Errorf("%w before it was started", r.ended()) }

// hindrance returns why an action can't be done: the first of the actions it needs that is not done. r.mu must be held.
func (r *run) hindrance(a *plan.Action) string {
	for _, need := range a.Needs {
		i, known := r.place[need]
		if !known {
			return fmt.Sprintf("needs %s, which is not part of this run", need)
		}
		needed := &r.outcomes[i]
		if needed.Status == Done {
			continue
		}
		text := map[Status]string{Failed: "failed", Blocked: "was blocked", NotRun: "was not run"}[needed.Status]
		if text == "" {
			text = "has not been carried out"
		}
		return fmt.Sprintf("needs %s of %s, which %s", needed.Kind, needed.Subject, text)
	}
	return ""
}

// perform carries out one action. It returns remarks for the reader also with an error.
func (r *run) perform(calls context.Context, a *plan.Action) (remarks []string, err error) {
	onUser := r.shares != nil
	if r.groups == nil && r.accounts == nil {
		return nil, fmt.Errorf("target can't write memberships on the %s", r.in.Caps.Membership)
	}
	switch a.Kind {
	case plan.CreateUser:
		return r.createUser(calls, a)
	case plan.UpdateUser, plan.DeactivateUser, plan.ReactivateUser:
		if onUser {
			return r.updateAccount(calls, a)
		}
		return r.updateUser(calls, a)
	case plan.CreateGroup:
		return r.createGroup(calls, a)
	case plan.UpdateGroup:
		if onUser {
			return r.setShares(calls, a)
		}
		return r.updateGroup(calls, a)
	case plan.DeleteGroup:
		if !onUser {
			return r.deleteGroup(calls, a)
		}
	case plan.AddToProject, plan.RemoveFromProject:
		if r.projects != nil {
			return r.moveMembers(calls, a)
		}
	}
	return nil, fmt.Errorf("action %s is not one that a target can carry out", a.Kind)
}

// stopped returns why nothing more may be sent: the run has ended, or the credentials were refused. It returns nil otherwise,
// and once it does not, it never does again.
func (r *run) stopped() error {
	if end := r.ended(); end != nil {
		return end
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shut {
		return errShut
	}
	return nil
}

// over returns the error of what is not written any more because the run was stopped, or nil.
func (r *run) over() error {
	if end := r.stopped(); end != nil {
		return &unsentError{end}
	}
	return nil
}

// beforeWrite must be called before each write: it returns an error if there may be no more.
func (r *run) beforeWrite() error {
	if err := r.over(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wrote = true
	return nil
}

// heed returns what the error of a call means for the run.
func (r *run) heed(err error) error {
	if end := r.ended(); end != nil && errors.Is(err, context.Canceled) && !isUnclear(err) {
		return &unsentError{end} // its write was still waiting for its turn, or for the read before it
	}
	if httpStatus(err) == statusUnauthorized {
		// With refused credentials everything else would fail too, and tools lock accounts that keep trying.
		r.mu.Lock()
		defer r.mu.Unlock()
		r.shut = true
	}
	return err
}

// end records how an action ended. The reason of an action that was not tried stands where an error would.
func (r *run) end(i int, remarks []string, reason error, status Status) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := &r.outcomes[i]
	o.Status, o.Remarks = status, remarks
	o.tidySent()
	if reason != nil {
		o.Error, o.HTTPStatus = reason.Error(), httpStatus(reason)
	}
	if status == NotRun || status == Blocked {
		o.Started = time.Time{} // whatever was read, the action itself was not tried
	}
	if !o.Started.IsZero() {
		o.Finished = r.in.Now()
	}
	r.in.Observer.ActionEnded(*o)
}

// endRest ends every action that has not ended yet as not run.
func (r *run) endRest(reason string) {
	for i := range r.outcomes {
		if r.outcomes[i].Status == "" {
			r.end(i, nil, errors.New(reason), NotRun)
		}
	}
}

// report returns the report of a run that has not begun.
func (r *run) report() *Report {
	p := r.in.Plan
	info := r.in.Run
	info.Started, info.Target, info.ToolVersion = r.in.Now(), p.Target, p.ToolVersion
	return &Report{
		FormatVersion: ReportFormatVersion,
		Run:           info,
		Summary:       p.Summary,
		Remaining:     []Remaining{},
		FinalRead:     FinalReadSkipped,
		Manual:        p.Manual,
		Notes:         p.Notes,
		Guards:        p.Guards,
	}
}

// complete fills in what is known at the end.
func (r *run) complete(report *Report, result Result) *Report {
	report.Outcomes = append([]Outcome{}, r.outcomes...)
	report.Result, report.ExitCode = result, ExitCode(result)
	if r.in.Requests != nil {
		report.Requests = r.in.Requests()
	}
	report.Run.Finished = r.in.Now()
	return report
}

// nobody is an Observer that looks away.
type nobody struct{}

func (nobody) ActionStarted(plan.Action) {}
func (nobody) ActionEnded(Outcome)       {}
func (nobody) FinalReadStarted()         {}

package apply

import (
	"errors"
	"fmt"
	"io"

	"rollcall/internal/plan"
)

// ErrNewerFormat says that a report was written by a newer version of rollcall.
var ErrNewerFormat = errors.New("report is of a newer format than this version of rollcall reads")

// ReadReport returns a report that was written as JSON. A newer format is ErrNewerFormat; anything else that is not a
// report is an error that says where.
func ReadReport(r io.Reader) (*Report, error) {
	report, err := plan.ReadVersioned[Report](r, "report", ReportFormatVersion, ErrNewerFormat)
	if err != nil {
		return nil, err
	}
	if err := report.check(); err != nil {
		return nil, fmt.Errorf("report is damaged: %w", err)
	}
	return report, nil
}

// check returns what makes a report that was read unfit to be shown or undone.
func (r *Report) check() error {
	if r.Run.ID == "" || r.Run.Target.Kind == "" {
		return errors.New("it does not name its run")
	}
	switch r.Result {
	case Converged, NotConverged, Refused, Stale, Interrupted:
	default:
		return fmt.Errorf("its result is %q", r.Result)
	}
	actions := make([]*plan.Action, len(r.Outcomes))
	for i := range r.Outcomes {
		actions[i] = &r.Outcomes[i].Action
		switch o := &r.Outcomes[i]; o.Status {
		case Done, Failed, Blocked, NotRun:
		default:
			return fmt.Errorf("action %q is %q", o.ID, o.Status)
		}
	}
	return plan.CheckActions(actions)
}

// Tried returns the actions that the run tried itself, in its order: those that are done and those that failed, each with
// the members that it sent. Of an action that failed in part, what it did is among those that are done. What somebody else had
// done, was blocked or was not run is in neither.
func (r *Report) Tried() (done, failed []plan.Action) {
	for i := range r.Outcomes {
		o := r.Outcomes[i] // a copy: the report stays as it is
		if o.Written != nil {
			o.Action.Members = o.Written
		}
		switch {
		case o.Started.IsZero():
		case o.Status == Done && o.Unwritten:
		case o.Status == Done, o.Status == Failed && o.InPart:
			done = append(done, o.Action)
		case o.Status == Failed:
			failed = append(failed, o.Action)
		}
	}
	return done, failed
}

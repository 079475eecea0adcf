package apply

import (
	"time"

	"rollcall/internal/plan"
)

// ReportFormatVersion is the version of the JSON form of a report.
const ReportFormatVersion = 1

// Report says what a run did, action by action.
type Report struct {
	FormatVersion int          `json:"format_version"`
	Run           RunInfo      `json:"run"`
	Result        Result       `json:"result"`
	ExitCode      int          `json:"exit_code"`
	Requests      Requests     `json:"requests"`
	Summary       plan.Summary `json:"summary"` // of the plan that was carried out
	Outcomes      []Outcome    `json:"actions"`
	// Remaining is what the final read still found different; empty if the run converged.
	Remaining []Remaining `json:"remaining"`
	FinalRead FinalRead   `json:"final_read"`
	// FinalReadError is why FinalRead is FinalReadFailed, or FinalReadSkipped by a deadline.
	FinalReadError string `json:"final_read_error,omitempty"`

	Manual []plan.ManualStep  `json:"manual_steps"`
	Notes  []plan.Note        `json:"notes"`
	Guards []plan.GuardResult `json:"guards"`
}

// RunInfo names a run.
type RunInfo struct {
	ID          string            `json:"id"`
	Started     time.Time         `json:"started"`
	Finished    time.Time         `json:"finished"`
	ToolVersion string            `json:"tool_version"`
	Target      plan.Target       `json:"target"`
	Account     string            `json:"account"` // address of the account whose credentials were used
	Commit      string            `json:"commit,omitempty"`
	Undoes      string            `json:"undoes,omitempty"` // id of the run that this one took back
	Labels      map[string]string `json:"labels,omitempty"`
}

// Result is the outcome of a run in one word.
type Result string

// The results.
const (
	Converged    Result = "converged"     // everything is in place
	NotConverged Result = "not_converged" // something failed, was blocked or unclear, or live is not what was applied
	Refused      Result = "refused"       // a guard stopped the plan, nothing was written
	Stale        Result = "stale"         // the ground of an approved action moved, nothing was written
	Interrupted  Result = "interrupted"   // Ctrl-C or SIGTERM
)

// Requests counts what was sent, retries included. Waited is the time spent waiting for the rate limit, over all workers.
type Requests struct {
	Reads         int     `json:"reads"`
	Writes        int     `json:"writes"`
	Retries       int     `json:"retries"`
	WaitedSeconds float64 `json:"waited_seconds"`
}

// Status is what became of an action.
type Status string

// The statuses.
const (
	Done    Status = "done"
	Failed  Status = "failed"
	Blocked Status = "blocked" // not tried because an action it needs failed
	NotRun  Status = "not_run" // not tried because the run ended first, or because it is outside the approved plan
)

// Outcome is an action with what became of it. Started and Finished are zero if it was not tried.
type Outcome struct {
	plan.Action
	Status     Status    `json:"status"`
	Error      string    `json:"error,omitempty"`
	Remarks    []string  `json:"remarks,omitempty"` // what a reader should know: kept edits of others, members left out
	Started    time.Time `json:"started,omitzero"`
	Finished   time.Time `json:"finished,omitzero"`
	HTTPStatus int       `json:"http_status,omitempty"`

	// Written is what was sent of the members of a group that exists, if that is not all of Members: somebody else had done
	// or undone the rest since the plan, or a member was not there. Unwritten says that nothing was left to send.
	Written   *plan.MemberChange `json:"written,omitempty"`
	Unwritten bool               `json:"unwritten,omitempty"`
	// InPart says of an action that failed that its members are writes of their own, and Written those of them that were sent.
	InPart bool `json:"in_part,omitempty"`
}

// FinalRead says whether live was read again after the last write, and why not.
type FinalRead string

// The final reads.
const (
	FinalReadDone    FinalRead = "done"
	FinalReadFailed  FinalRead = "failed"
	FinalReadSkipped FinalRead = "skipped" // nothing was written, or the run ended early
)

// Remaining is an action that the final read still finds necessary.
type Remaining struct {
	plan.Action
	By string `json:"by"` // "ours": this run should have done it; "others": live moved on
}

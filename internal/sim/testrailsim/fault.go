package testrailsim

import "rollcall/internal/sim/fault"

// Faults, their kinds and their rules are the same for every tool.
type (
	FaultKind = fault.Kind  // a way in which one request goes wrong
	Fault     = fault.Fault // what happens to one request; the zero value is nothing
	FaultRule = fault.Rule  // a fault and the requests that it happens to
)

// The kinds of faults, told at fault.Kind. The comments are what TestRail makes of them.
const (
	NoFault            = fault.None
	Error500           = fault.Error500
	Error500After      = fault.Error500After
	ResetBefore        = fault.ResetBefore
	ResetAfter         = fault.ResetAfter
	TooMany            = fault.TooMany
	TooManyDate        = fault.TooManyDate
	TooManyBare        = fault.TooManyBare
	Conflict           = fault.Conflict // the maintenance window
	Error502           = fault.Error502
	Error503           = fault.Error503
	Error504           = fault.Error504
	Error504After      = fault.Error504After
	Truncated          = fault.Truncated
	Cut                = fault.Cut
	HTML200            = fault.HTML200
	HTML502            = fault.HTML502
	Hang               = fault.Hang
	HangAfter          = fault.HangAfter
	Late500            = fault.Late500
	LateReset          = fault.LateReset
	LegacyLine         = fault.LegacyLine // "USER AUTHENTICATION SUCCESSFUL!" (CLIENT)
	Redirect           = fault.Redirect
	StdClass           = fault.StdClass // "Undefined property: stdClass::$sso_enabled" (LIVE, 7.4 to 7.5.2)
	PageRepeats        = fault.PageRepeats
	PageSkips          = fault.PageSkips
	PageShrinks        = fault.PageShrinks
	PageEndsEarly      = fault.PageEndsEarly
	PageSmall          = fault.PageSmall
	PageLoops          = fault.PageLoops
	OffsetIgnored      = fault.OffsetIgnored
	SizeLies           = fault.SizeLies // DOC sample of get_groups
	EmptyList          = fault.EmptyList
	GroupsDisagree     = fault.GroupsDisagree     // get_group and get_groups
	GroupsHideInactive = fault.GroupsHideInactive // get_group and get_groups
	EmailDenied        = fault.EmailDenied        // get_user_by_email (ISSUE)
)

// FaultKinds returns all kinds of TestRail but NoFault.
func FaultKinds() []FaultKind { return fault.Kinds(fault.Unauthorized, fault.Forbidden) }

// ParseFault reads KIND[:ARG][@WHERE]: reset-after@4 (the fourth request), 503@2-5, 500@7+, 429:30s@get_users (each
// of that method), late-500:3@update_group#2 (the second of that method), html-200 (every request).
func ParseFault(text string) (FaultRule, error) { return fault.Parse(text, FaultKinds()) }

// faultFor asks the hook, then the rules, in their order.
func (s *Server) faultFor(i RequestInfo) Fault {
	if s.Fault != nil {
		if f := s.Fault(i); f.Kind != NoFault {
			return f
		}
	}
	return fault.Find(s.Switches.Faults, i.Seq, i.Route.Method, i.MethodSeq)
}

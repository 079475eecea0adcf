// Package testrailsim is an in-memory TestRail that speaks its REST API v2 as an http.Handler: users, groups, roles
// and project access, with every doubtful behaviour of the vendor's documents as a switch. It must not share a type
// or a line with the client that it tests: both read the documents on their own and meet on the wire.
//
// The way of a request, all of it under one lock, so that the request log is the order of effects:
//
//	arrive ─> number ─> late commits due ─> Before hook ─> Fault hook ─┬─> fault without effect ───────────────┐
//	                                                                   └─> maintenance ─> rate ─> API on? ─>   │
//	                                                  who? ─> Content-Type ─> method ─> handler ─> fault ─> log ─> wire
//
// Facts about the API carry the confidence they have: DOC (the vendor's documentation), LIVE (recorded from a real
// instance), CLIENT (client code), ISSUE (a report), GUESS (nobody knows; where it matters it is a switch).
package testrailsim

// Package qtestsim is an in-memory qTest Manager that speaks the users' part of its REST API v3 as an http.Handler:
// tokens, users, groups, projects, profiles and authentication systems, with every open question of the vendor's
// documents as a switch. It must not share a type or a line with the client that it tests: both read the documents on
// their own and meet on the wire.
//
// The way of a request, all of it under one lock, so that the request log is the order of effects:
//
//	arrive ─> number ─> late writes due ─> Before hook ─> Fault hook ─┬─> fault without effect ──────────────┐
//	                                                                  └─> limits ─> edition ─> route ─> who? │
//	                                                                        ─> handler ─> fault ─> log ─> wire
//
// Facts about the API carry the confidence they have: DOC (the vendor's manual or Swagger), CLIENT (public client code
// or captured traffic), REPORT (told by a third party), GUESS (nobody knows; where it matters it is a switch). Texts of
// errors are a GUESS unless they say otherwise.
package qtestsim

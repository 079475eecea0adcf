// A client that nobody here wrote drives the simulator through all its user, group, role and project calls. What it
// sends and what it makes of the answers is its author's reading of the vendor's documents, not ours.
//
// ROLLCALL_SIM is the program to run; it prints where it listens and which account to use.
"use strict";

const { test } = require("node:test");
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const readline = require("node:readline");
const TestRail = require("@dlenroc/testrail");

const program = process.env.ROLLCALL_SIM;

// start runs a simulator with the given arguments and resolves to its environment and a function that ends it.
function start(...args) {
  const child = spawn(program, ["sim", "--listen", "127.0.0.1:0", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const env = {};
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`simulator ended with ${code}`)));
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^\s*export (TESTRAIL_\w+)='?([^']*)'?$/.exec(line);
      if (found) env[found[1]] = found[2];
      if (env.TESTRAIL_URL && env.TESTRAIL_USER && env.TESTRAIL_API_KEY) {
        resolve({ env, stop: () => new Promise((done) => { child.removeAllListeners("exit"); child.once("exit", done); child.kill("SIGTERM"); }) });
      }
    });
  });
}

function connect(env) {
  return new TestRail({ host: env.TESTRAIL_URL, username: env.TESTRAIL_USER, password: env.TESTRAIL_API_KEY });
}

for (const shape of ["envelope", "array"]) {
  test(`every user, group and role call, lists as ${shape}`, async (t) => {
    const sim = await start("--users", "600", "--groups", "40", "--seed", "7", "--user-list", shape, "--other-lists", shape);
    t.after(sim.stop);
    const api = connect(sim.env);

    const me = await api.getCurrentUser();
    assert.equal(me.email, sim.env.TESTRAIL_USER);
    assert.equal(me.is_admin, true);

    const users = await api.getUsers();
    assert.equal(users.length, 600);
    assert.equal(new Set(users.map((u) => u.id)).size, 600, "no user twice over the pages");
    assert.ok(users.some((u) => u.email.includes("+")), "the company has addresses with a plus sign");

    const roles = await api.getRoles();
    const tester = roles.find((r) => r.name === "Tester");
    assert.ok(tester, "there is a role Tester");
    assert.equal(roles.filter((r) => r.is_default).length, 1);

    const made = await api.addUser({ name: "Lea Trent", email: "lea.trent+qa@clients.example", role_id: tester.id, is_active: true });
    assert.equal(made.is_active, true);
    assert.equal(made.role, "Tester");
    assert.equal((await api.getUserByEmail("lea.trent+qa@clients.example")).id, made.id);
    assert.equal((await api.getUser(made.id)).name, "Lea Trent");

    const asleep = await api.addUser({ name: "Nico Ober", email: "nico.ober@clients.example" });
    assert.equal(asleep.is_active, false, "add_user without is_active makes an inactive account");
    await assert.rejects(api.addUser({ name: "Lea Again", email: "LEA.trent+qa@clients.example" }), "an address is taken once");
    await assert.rejects(api.getUserByEmail("nobody@clients.example"), /not a valid email address/);

    const renamed = await api.updateUser(made.id, { name: "Lea Trent-Ode" });
    assert.equal(renamed.name, "Lea Trent-Ode");
    assert.equal(renamed.email, "lea.trent+qa@clients.example", "an update changes only what it sends");

    const groups = await api.getGroups();
    assert.equal(groups.length, 40);
    const group = await api.addGroup({ name: "Clients QA", user_ids: [made.id] });
    assert.deepEqual((await api.getGroup(group.id)).user_ids, [made.id]);
    assert.deepEqual((await api.getUser(made.id)).group_ids, [group.id], "both sides of the relation agree");

    // This client does not repeat the id in the body by itself; the vendor's cloud asks for it.
    await assert.rejects(api.updateGroup(group.id, { name: "Clients QA", user_ids: [asleep.id] }), /Field :group_id is a required field/);
    const changed = await api.updateGroup(group.id, { group_id: group.id, name: "Clients QA 2", user_ids: [asleep.id] });
    assert.equal(changed.name, "Clients QA 2");
    assert.deepEqual(changed.user_ids, [asleep.id], "the list that is sent is the whole list");

    const left = await api.updateUser(made.id, { is_active: false });
    assert.equal(left.is_active, false);
    await api.deleteGroup(group.id);
    await assert.rejects(api.getGroup(group.id));
    assert.equal((await api.getGroups()).length, 40);

    const projects = await api.getProjects();
    assert.ok(projects.length > 0);
    assert.equal((await api.getProject(projects[0].id)).name, projects[0].name);
  });
}

test("a wrong key is told apart", async (t) => {
  const sim = await start("--users", "5", "--groups", "1", "--seed", "1");
  t.after(sim.stop);
  const api = connect({ ...sim.env, TESTRAIL_API_KEY: "wrong" });
  await assert.rejects(api.getCurrentUser(), /Authentication failed/);
});

test("before 7.5 there are no group calls", async (t) => {
  const sim = await start("--users", "5", "--groups", "1", "--seed", "1", "--version", "7.3");
  t.after(sim.stop);
  await assert.rejects(connect(sim.env).getGroups());
});

test("the lenient instance takes a group without its id in the body", async (t) => {
  const sim = await start("--users", "5", "--groups", "1", "--seed", "1", "--group-id-in-body", "no");
  t.after(sim.stop);
  const api = connect(sim.env);
  const [group] = await api.getGroups();
  assert.deepEqual((await api.updateGroup(group.id, { name: group.name, user_ids: [] })).user_ids, []);
});

test("a rate limit makes it wait and then go on", async (t) => {
  const sim = await start("--users", "5", "--groups", "1", "--seed", "1", "--fault", "429@2");
  t.after(sim.stop);
  const api = connect(sim.env);
  await api.getCurrentUser();
  assert.equal((await api.getUsers()).length, 5);
});

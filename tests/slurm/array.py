"""bench/slurm/sweep.sbatch under a real Slurm: munged, slurmctld and slurmd on this machine, configured in a directory of
their own; an array of four shards, one task killed in the middle and requeued, the merged table byte for byte the undivided
one. Run by `make slurm-test` as root; ends every daemon it starts."""
import os, shutil, signal, socket, sys, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "lib"))
from tap import *

GRID = ["--d", "400", "--n", "40", "--n-adv", "300", "--norm", "l2,linf,l0", "--seeds", "0-79"]
HERE = os.getcwd()  # the scratch directory of tap.py, removed at exit
daemons = []


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(*args):
    log = open(os.path.join(HERE, os.path.basename(args[0]) + ".out"), "wb")
    daemons.append(subprocess.Popen(args, stdout=log, stderr=log, env=ENV, start_new_session=True))


def stop():
    for p in reversed(daemons):
        p.terminate()
    for p in reversed(daemons):
        try:
            p.wait(10)
        except subprocess.TimeoutExpired:
            p.kill()


def sh(*args, **kw):
    p = subprocess.run(args, capture_output=True, env=ENV, timeout=30, **kw)
    return p.stdout.decode().strip() or p.stderr.decode().strip()


def wait(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    ok(False, f"{what} within {seconds} s", "\n".join(
        f"{f}: {open(f, errors='replace').read()[-600:]}" for f in sorted(os.listdir(HERE)) if f.endswith((".log", ".out"))))
    return False


def whole_rows(shard):
    path = f"parts/part-{shard}.csv"
    return max(0, open(path, "rb").read().count(b"\n") - 2) if os.path.exists(path) else 0


def task_pid(shard):
    """The lfap process of a shard among the descendants of our slurmd's job, by its command line in this directory."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            args = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\0")
            if args[0] == LFAP.encode() and f"{shard}/4".encode() in args and os.readlink(f"/proc/{pid}/cwd") == HERE:
                return int(pid)
        except OSError:
            continue
    return 0


host = socket.gethostname().split(".")[0]
open("munge.key", "wb").write(os.urandom(1024))
os.chmod("munge.key", 0o400)
for d in ("spool", "state"):
    os.mkdir(d)
# no cgroups, no accounting, no system users; cred_expire: how long a requeued task must wait
open("slurm.conf", "w").write(f"""ClusterName=lfap
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={free_port()}
SlurmdPort={free_port()}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={HERE}/munge.sock,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
KillWait=2
SlurmdParameters=config_overrides
StateSaveLocation={HERE}/state
SlurmdSpoolDir={HERE}/spool
SlurmctldPidFile={HERE}/slurmctld.pid
SlurmdPidFile={HERE}/slurmd.pid
SlurmctldLogFile={HERE}/slurmctld.log
SlurmdLogFile={HERE}/slurmd.log
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=10 State=UP
""")
open("cgroup.conf", "w").write("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
ENV = dict(os.environ, SLURM_CONF=f"{HERE}/slurm.conf", LFAP=LFAP)
for name in [n for n in ENV if n.startswith(("SBATCH_", "SLURM_")) and n != "SLURM_CONF"]:
    del ENV[name]
atexit.register(stop)

r = Run("sweep", *GRID, "--out", "calm", "--quiet", "--threads", "1")
ok(r.code == 0, "the undivided sweep", r)
start("/usr/sbin/munged", "--foreground", "--force", f"--key-file={HERE}/munge.key", f"--socket={HERE}/munge.sock", f"--pid-file={HERE}/munge.pid",
      f"--seed-file={HERE}/munge.seed", f"--log-file={HERE}/munge.log")
ready = wait("munged", lambda: os.path.exists("munge.sock"))
start("/usr/sbin/slurmctld", "-D", "-i")
ready = ready and wait("slurmctld", lambda: "UP" in sh("scontrol", "ping"))
start("/usr/sbin/slurmd", "-D")
ready = ready and wait("slurmd", lambda: sh("sinfo", "-h", "-o", "%t") == "idle")
ok(ready, "munged, slurmctld and slurmd are up")
if ready:
    job = sh("sbatch", "--parsable", "--array=1-4", os.path.join(ROOT, "bench", "slurm", "sweep.sbatch"), "parts", *GRID)
    ok(job.isdigit(), "an array of four shards submitted", job)
    wait("rows of shard 2", lambda: whole_rows(2) >= 5)
    pid = task_pid(2)
    if pid:
        os.kill(pid, signal.SIGKILL)
    wait("the end of the killed task", lambda: sh("squeue", "-h", "-j", f"{job}_2", "-t", "R,CG", "-o", "%T") == "")
    cut = whole_rows(2)
    ok(pid and 5 <= cut < 60, "task 2 killed in the middle", f"pid {pid}, {cut} rows")
    ok("JobState=FAILED" in sh("scontrol", "show", "job", f"{job}_2"), "Slurm calls the killed task failed", sh("scontrol", "show", "job", f"{job}_2"))
    said = sh("scontrol", "requeue", f"{job}_2")
    ok(said == "", "requeued", said)
    wait("all four shards", lambda: [whole_rows(i) for i in (1, 2, 3, 4)] == [60] * 4 and sh("squeue", "-h", "-t", "PD,R,CG") == "", 180)
    logs = open(f"lfap-sweep-{job}_2.log").read()
    ok([whole_rows(i) for i in (1, 2, 3, 4)] == [60] * 4, "after the requeue every shard has its rows", logs)
    ok(f"60 rows of 240 cells, shard 2 of 4; {cut} were there" in logs, "the requeued task went on where it was killed", logs)
    r = Run("sweep", "--merge", "merged.csv", *[f"parts/part-{i}.csv" for i in (1, 2, 3, 4)])
    ok(r.code == 0 and open("merged.csv", "rb").read() == open("calm.csv", "rb").read(), "merged: the bytes of the undivided sweep", r)
stop()
ok(all(p.poll() is not None for p in daemons), "no daemon is left")
daemons.clear()
done()

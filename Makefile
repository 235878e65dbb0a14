# udp-fanout. Each target prepares the machine by itself (Debian 12 or 13, root). "make help" lists the targets.

MAVEN = sh build/maven
# For "make test": further arguments of Maven, for example -Dudpfanout.excludedTags=kernel.
MAVEN_ARGUMENTS ?=
# For "make cluster-test": a part of the names of the scenarios to run, and kube-proxy's mode.
SCENARIOS ?=
PROXY_MODE ?=
# For "make differential": networks and ways in, separated by commas; all if empty. DETAILS=--details lists every worse cell.
# SAMPLE=--sample sends fewer sizes.
NETWORKS ?=
WAYS ?=
DETAILS ?=
SAMPLE ?=
# For "make chaos": for how many seconds, the number that decides the order of the faults, and a part of the names of those to draw from.
SECONDS ?=
SEED ?=
FAULTS ?=
# For "make soak": for how many hours, and the number that decides the order of events (SEED).
HOURS ?=
# For "make doctor-test": a part of the names of the ways in, for example DUMMY, and a pattern of those of faults; all if empty.
WAY ?=
FAULT ?=
# For "make fuzz": for how many seconds (SECONDS), and a part of the names of the targets.
TARGET ?=
# For "make bench-gate": the commit to compare with.
BASE ?=
# For "make bench-compare": the results.json of two runs.
RUN1 ?=
RUN2 ?=
# For "make kernel-matrix": Debian's word for the kernels' architecture (amd64, arm64; this machine's if empty), and suites, separated by spaces; all if empty.
ARCH ?=
SUITES ?=
# For "make netflow-test": words of the trials to run, such as "scaling kernel,restarted"; all if not given.
TRIALS ?=

# For "make bench-jmh": a pattern of benchmarks, and JMH's options.
JMH_ARGUMENTS ?=

.PHONY: help build test demo image image-slim image-test cluster-test differential kernel-matrix load-oldest chaos soak fuzz doctor-test netflow-test bench bench-quick bench-docs bench-gate bench-compare bench-jmh instructions fresh-machine release-check format clean

help:
	@echo 'make build    compile everything; the daemon is then in loader/target/udp-fanout/bin/udp-fanout'
	@echo 'make test     build, and run all tests: against the real kernel, in network namespaces, as root'
	@echo 'make demo     the MetalLB path end to end: kube-proxy alone, then udp-fanout (as root, about 20 s)'
	@echo 'make image    build the container image udp-fanout:0.1.0, with docker, podman or buildah (BASE, JDK, PLATFORM: k8s/image/build)'
	@echo 'make image-slim   the same without ip, tc, bpftool, tcpdump, iptables and conntrack: udp-fanout:0.1.0-slim'
	@echo 'make image-test   make image, and run the MetalLB path with it under the DaemonSet'"'"'s restrictions (as root, with podman; about 1 min)'
	@echo 'make cluster-test   the guide and later events on real Kubernetes, beside kube-proxy alone; KUBERNETES_BIN (as root, 10 min for each version)'
	@echo 'make differential   the same load by kube-proxy alone and by udp-fanout, in every kind of network; docs/differential.md (as root; NETWORKS=, WAYS=)'
	@echo 'make kernel-matrix   every way in on Debian'"'"'s kernels from 5.10 to 7.3 in virtual machines; docs/kernels.md (as root, about 25 min: 6 for each kernel)'
	@echo 'make load-oldest   whether the verifier of Debian'"'"'s 5.10 accepts the kernel programs, in a virtual machine (as root, about 1 min)'
	@echo 'make chaos    faults, one after the other, at 20,000 datagrams/s; each loss is accounted for; SECONDS, SEED (as root, 10 min)'
	@echo 'make soak     one daemon for hours at 20,000 datagrams/s with churn, reloads and API flaps: memory, descriptors, maps, CPU and loss as a chart; HOURS, SEED (as root, 2 h)'
	@echo 'make fuzz     what reads files, the API server and netlink, under inputs that take new branches (Jazzer); SECONDS, TARGET (10 min)'
	@echo 'make doctor-test   break a node in one way at a time, and see whether doctor names just that, and trace where datagrams die; WAY, FAULT (as root, about 15 min)'
	@echo 'make netflow-test   exporters and collectors of Debian by every way in and mode: each record is decoded once; docs/netflow.md; 10,000 chunked GELF messages; TRIALS (as root, about 15 min)'
	@echo 'make bench    latency and throughput beside kube-proxy, nftables and others; bench/target/report (as root, about 20 min)'
	@echo 'make bench-quick   the same with fewer rounds (about 3 min); bench/udp-fanout-bench --help for more'
	@echo 'make bench-docs   make bench, and write its tables into README.md and docs/performance.md'
	@echo 'make bench-gate   whether the kernel program is faster or slower than that of BASE=COMMIT, by turns (as root, about 8 min)'
	@echo 'make bench-compare   which figures of two runs do not agree; RUN1 and RUN2 are their results.json'
	@echo 'make bench-jmh   single operations by JMH, with their allocations; JMH_ARGUMENTS (as root, about 4 min)'
	@echo 'make instructions   count the kernel programs'"'"' instructions, and write them into bpf/instructions.tsv (as root)'
	@echo 'make fresh-machine   make build and make demo on a fresh Debian 13, in a root file system of its own (as root, with the network, about 10 min)'
	@echo 'make release-check   whether the last commit may be released: two clean builds byte for byte, licences, versions, pages, image (about 5 min)'
	@echo 'make format   format the Java and C sources'
	@echo 'make clean    remove what was built'

build:
	@$(MAVEN) --quiet package -DskipTests

test:
	@$(MAVEN) verify $(MAVEN_ARGUMENTS)

demo: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
		-cp "lab/target/classes:loader/target/udp-fanout/lib/*" \
		dev.udpfanout.lab.demo.Demo

image: build
	@sh k8s/image/build

image-slim: build
	@sh k8s/image/build udp-fanout:0.1.0-slim

image-test: build
	@sh k8s/image/test

cluster-test: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
		-cp "lab/target/classes:lab/target/lib/*:loader/target/udp-fanout/lib/*" \
		dev.udpfanout.lab.cluster.ClusterTest "$(SCENARIOS)" "$(PROXY_MODE)"

differential: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
		-cp "lab/target/classes:loader/target/udp-fanout/lib/*" \
		dev.udpfanout.lab.differential.Differential --networks "$(NETWORKS)" --ways "$(WAYS)" $(DETAILS) $(SAMPLE) --document docs/differential.md

kernel-matrix: build
	@ARCH="$(ARCH)" sh lab/kernels/matrix $(SUITES)

load-oldest: build
	@cd bpf/target/classes/dev/udpfanout/bpf && sh "$(CURDIR)/lab/kernels/load" udp_fanout.bpf.o udp_fanout_drops.bpf.o udp_fanout_trace.bpf.o

chaos: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
		-Dudpfanout.distribution="$(CURDIR)/loader/target/udp-fanout" \
		-cp "loader/target/test-classes:loader/target/classes:$$(cat loader/target/test-class-path)" \
		dev.udpfanout.loader.chaos.Chaos "$(SECONDS)" "$(SEED)" "$(FAULTS)"

soak: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
		-Dudpfanout.distribution="$(CURDIR)/loader/target/udp-fanout" \
		-cp "loader/target/test-classes:loader/target/classes:$$(cat loader/target/test-class-path)" \
		dev.udpfanout.loader.soak.Soak "$(HOURS)" "$(SEED)" loader/target/soak

fuzz: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" \
		-cp "loader/target/test-classes:loader/target/classes:$$(cat loader/target/test-class-path)" \
		dev.udpfanout.loader.fuzz.Fuzz "$(SECONDS)" "$(TARGET)"

doctor-test:
	@$(MAVEN) verify --quiet -pl loader -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=FaultTest,FixTest,UnbrokenNodeTest,XdpInDriverTest -Dudpfanout.doctor=all -Dudpfanout.doctor.way="$(WAY)" -Dudpfanout.doctor.fault="$(FAULT)"

netflow-test: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
		-cp "lab/target/classes:loader/target/udp-fanout/lib/*" \
		dev.udpfanout.lab.netflow.NetflowTrials --trials "$(TRIALS)" --document docs/netflow.md
	@[ -n "$(TRIALS)" ] || $(MAVEN) verify --quiet -pl loader -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=TemplateSpreadTest,JoiningCollectorTest,MessageWalkPropertyTest,GelfTest -Dudpfanout.netflow=all -Dudpfanout.netflow.messages=100000 -Dgelf.messages=10000

bench: build
	@bench/udp-fanout-bench

bench-quick: build
	@bench/udp-fanout-bench --quick

bench-docs: build
	@bench/udp-fanout-bench --documents=README.md,docs/performance.md

bench-gate: build
	@bench/gate "$(BASE)"

bench-compare: build
	@bench/udp-fanout-bench --compare "$(RUN1)" "$(RUN2)"

bench-jmh: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED \
		-cp "bench/target/classes:bench/target/lib/*" org.openjdk.jmh.Main -jvmArgsAppend --enable-native-access=ALL-UNNAMED \
		-prof gc -rf json -rff bench/target/jmh.json $(JMH_ARGUMENTS)

instructions: build
	@java_home=$$(sh build/prepare) && exec "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED \
		-cp "bench/target/classes:bench/target/lib/*" dev.udpfanout.bench.cli.InstructionsCommand bpf/instructions.tsv

fresh-machine:
	@sh build/fresh-machine

release-check:
	@sh build/release-check

format:
	@$(MAVEN) --quiet spotless:apply
	@cd bpf/src/main/c && clang-format -i *.h *.c udp_fanout/*.h trace/*.h

clean:
	@$(MAVEN) --quiet clean

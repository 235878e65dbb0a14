# udp-fanout. Each target does all the set-up that it needs, on Debian 12 as root; "make help" lists them.

MAVEN_ARGUMENTS ?=
# Batch mode, no download progress: the output is read in logs too.
MAVEN = JAVA_HOME="$$java_home" mvn --batch-mode --no-transfer-progress $(MAVEN_ARGUMENTS)
PREPARE = java_home=$$(sh build/prepare) || exit 1

.PHONY: help build test demo format clean

help:
	@echo 'make build    compile everything; the daemon is then in loader/target/udp-fanout/bin/udp-fanout'
	@echo 'make test     build, and run all tests: against the real kernel, in network namespaces, as root'
	@echo 'make demo     the MetalLB path end to end: kube-proxy alone, then udp-fanout (as root, about 20 s)'
	@echo 'make format   format the Java and C sources'
	@echo 'make clean    remove what was built'

build:
	@$(PREPARE); $(MAVEN) --quiet package -DskipTests

test:
	@$(PREPARE); $(MAVEN) verify

demo: build
	@$(PREPARE); "$$java_home/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC \
		-cp "lab/target/classes:loader/target/udp-fanout/lib/*" \
		dev.udpfanout.lab.demo.Demo

format:
	@$(PREPARE); $(MAVEN) --quiet spotless:apply; \
		cd bpf/src/main/c && clang-format -i *.h *.c udp_fanout/*.h

clean:
	@$(PREPARE); $(MAVEN) --quiet clean

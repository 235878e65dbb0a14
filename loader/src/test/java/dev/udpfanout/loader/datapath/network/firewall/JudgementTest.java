package dev.udpfanout.loader.datapath.network.firewall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Direction;
import dev.udpfanout.loader.datapath.network.firewall.Opening.Hook;
import java.net.InetAddress;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For which of a listener's datagrams a rule's conditions hold, as far as that can be told without seeing them. */
@Tag("unit")
class JudgementTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Opening TO = new Opening(
            Hook.FORWARD,
            Direction.TO_LISTENER,
            "dummy0",
            new Prefix(InetAddress.ofLiteral("10.255.0.0"), 16),
            5514,
            "syslog");
    private static final Opening FROM = new Opening(
            TO.hook(), Direction.FROM_LISTENER, TO.interfaceName(), TO.addresses(), TO.port(), TO.listener());

    private static Truth holds(Opening opening, String conditions) throws Exception {
        JsonNode statements = JSON.readTree("[" + conditions.replace('\'', '"') + "]");
        Rule rule = new Rule(
                1, "", StreamSupport.stream(statements.spliterator(), false).toList());
        return Judgement.of(rule, opening).holds();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            YES   | {'counter':{'packets':0,'bytes':0}}
            YES   | {'xt':{'type':'match','name':'comment'}}
            MAYBE | {'xt':{'type':'match','name':'conntrack'}}
            MAYBE | {'limit':{'rate':5,'per':'second'}}
            MAYBE | {'something new':{}}
            YES   | {'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':'dummy0'}}
            YES   | {'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':'dummy*'}}
            NO    | {'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':'docker0'}}
            NO    | {'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':'cali*'}}
            YES   | {'match':{'op':'!=','left':{'meta':{'key':'oifname'}},'right':'docker0'}}
            YES   | {'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':{'set':['cni0','dummy0']}}}
            NO    | {'match':{'op':'!=','left':{'meta':{'key':'oifname'}},'right':{'set':['cni0','dummy0']}}}
            MAYBE | {'match':{'op':'==','left':{'meta':{'key':'iifname'}},'right':'eth0'}}
            MAYBE | {'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':'@devices'}}
            MAYBE | {'match':{'op':'!=','left':{'meta':{'key':'oifname'}},'right':'@devices'}}
            YES   | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':{'prefix':{'addr':'10.0.0.0','len':8}}}}
            MAYBE | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':'10.255.0.1'}}
            NO    | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':'10.254.0.1'}}
            YES   | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':{'range':['10.255.0.0','10.255.255.255']}}}
            MAYBE | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':{'range':['10.255.0.1','10.255.255.255']}}}
            NO    | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':{'range':['10.0.0.0','10.254.255.255']}}}
            YES   | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':{'set':['1.2.3.4',{'elem':{'val':{'prefix':{'addr':'10.255.0.0','len':16}}}}]}}}
            MAYBE | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'saddr'}},'right':'192.168.1.10'}}
            NO    | {'match':{'op':'==','left':{'payload':{'protocol':'ip6','field':'daddr'}},'right':'2001:db8::1'}}
            NO    | {'match':{'op':'==','left':{'payload':{'protocol':'tcp','field':'dport'}},'right':5514}}
            YES   | {'match':{'op':'==','left':{'payload':{'protocol':'udp','field':'dport'}},'right':5514}}
            YES   | {'match':{'op':'==','left':{'payload':{'protocol':'th','field':'dport'}},'right':{'set':[53,{'range':[5000,6000]}]}}}
            NO    | {'match':{'op':'==','left':{'payload':{'protocol':'udp','field':'dport'}},'right':53}}
            MAYBE | {'match':{'op':'==','left':{'payload':{'protocol':'udp','field':'sport'}},'right':53}}
            YES   | {'match':{'op':'==','left':{'meta':{'key':'l4proto'}},'right':{'set':['tcp','udp']}}}
            NO    | {'match':{'op':'==','left':{'meta':{'key':'nfproto'}},'right':'ipv6'}}
            YES   | {'match':{'op':'in','left':{'ct':{'key':'state'}},'right':['established','new']}}
            NO    | {'match':{'op':'in','left':{'ct':{'key':'state'}},'right':['established','related']}}
            NO    | {'match':{'op':'in','left':{'ct':{'key':'state'}},'right':'invalid'}}
            YES   | {'match':{'op':'in','left':{'ct':{'key':'status'}},'right':'dnat'}}
            MAYBE | {'match':{'op':'==','left':{'meta':{'key':'mark'}},'right':1}}
            NO    | {'match':{'op':'==','left':{'meta':{'key':'mark'}},'right':1}},{'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':'cni0'}}
            """)
    void shouldTellForWhichDatagramsToTheListenerConditionsHold(Truth expected, String conditions) throws Exception {
        assertEquals(expected, holds(TO, conditions));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            YES   | {'match':{'op':'==','left':{'meta':{'key':'iifname'}},'right':'dummy0'}}
            MAYBE | {'match':{'op':'==','left':{'meta':{'key':'oifname'}},'right':'eth0'}}
            YES   | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'saddr'}},'right':{'prefix':{'addr':'10.255.0.0','len':16}}}}
            MAYBE | {'match':{'op':'==','left':{'payload':{'protocol':'ip','field':'daddr'}},'right':'192.168.1.10'}}
            YES   | {'match':{'op':'==','left':{'payload':{'protocol':'udp','field':'sport'}},'right':5514}}
            YES   | {'match':{'op':'in','left':{'ct':{'key':'state'}},'right':['established','related']}}
            NO    | {'match':{'op':'in','left':{'ct':{'key':'state'}},'right':'new'}}
            """)
    void shouldTellForWhichAnswersConditionsHold(Truth expected, String conditions) throws Exception {
        assertEquals(expected, holds(FROM, conditions));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            DROP    | {'drop':null}
            DROP    | {'reject':{'type':'icmpx','expr':'admin-prohibited'}}
            DROP    | {'counter':null},{'xt':{'type':'target','name':'REJECT'}}
            NONE    | {'counter':null},{'xt':{'type':'target','name':'LOG'}}
            ACCEPT  | {'accept':null}
            RETURN  | {'return':null}
            JUMP    | {'jump':{'target':'KUBE-FORWARD'}}
            UNKNOWN | {'queue':{'num':0}}
            """)
    void shouldTellWhatARuleDoes(Judgement.Verdict expected, String statements) throws Exception {
        JsonNode all = JSON.readTree("[" + statements.replace('\'', '"') + "]");
        Rule rule =
                new Rule(1, "", StreamSupport.stream(all.spliterator(), false).toList());
        assertEquals(expected, Judgement.of(rule, TO).verdict());
    }
}

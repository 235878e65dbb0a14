package dev.udpfanout.loader.datapath.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class InterfaceGroupsTest {
    private final InterfaceGroups groups = new InterfaceGroups();

    @Test
    void shouldCallAGroupByItsSmallestInterfaceWhicheverOrderTheyComeIn() {
        groups.join(List.of(7, 5, 9));
        groups.join(List.of(2, 3));
        assertEquals(Map.of(2, 2, 3, 2, 5, 5, 7, 5, 9, 5), groups.byInterface());
    }

    @Test
    void shouldMakeOneGroupOfTwoThatShareAnInterface() {
        groups.join(List.of(2, 8));
        groups.join(List.of(4, 6));
        groups.join(List.of(8, 4));
        assertEquals(Map.of(2, 2, 4, 2, 6, 2, 8, 2), groups.byInterface());
    }

    @Test
    void shouldStandForItselfWhereThereIsNoOther() {
        groups.join(List.of(3, 3));
        groups.join(List.of());
        assertEquals(Map.of(3, 3), groups.byInterface());
    }
}

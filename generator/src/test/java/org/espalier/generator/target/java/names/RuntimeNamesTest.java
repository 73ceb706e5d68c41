package org.espalier.generator.target.java.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.runtime.Network;
import org.espalier.runtime.kernel.Kernels;
import org.espalier.runtime.kernel.loss.Losses;
import org.espalier.runtime.optim.regularizer.GroupPenalty;
import org.espalier.runtime.optim.regularizer.Penalty;
import org.junit.jupiter.api.Test;

/** The emitter knows the runtime by name only; here the names are held to be those of the runtime. */
class RuntimeNamesTest {
    private static Set<String> seenBySubclasses(Member... members) {
        return Arrays.stream(members)
                .filter(member -> (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0)
                .map(Member::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Lists the members that a network inherits, but for those that every object has. */
    private static <T> List<T> inherited(Function<Class<?>, T[]> members) {
        return Stream.<Class<?>>iterate(Network.class, type -> type != Object.class, Class::getSuperclass)
                .flatMap(type -> Arrays.stream(members.apply(type)))
                .toList();
    }

    private static Set<String> inheritedMethods() {
        return seenBySubclasses(inherited(Class::getDeclaredMethods).toArray(Method[]::new));
    }

    @Test
    void everyFieldThatNetworksInheritIsReserved() {
        Field[] fields = inherited(Class::getDeclaredFields).toArray(Field[]::new);

        assertThat(Names.INHERITED_FIELDS).containsExactlyInAnyOrderElementsOf(seenBySubclasses(fields));
    }

    @Test
    void noAccessorHidesOrOverloadsAMethodThatNetworksInherit() {
        Set<String> inherited = inheritedMethods();
        inherited.addAll(seenBySubclasses(Object.class.getDeclaredMethods()));

        assertThat(RuntimeTypes.METHODS).containsAll(inherited);
    }

    @Test
    void partsOfANetworkCallWhatTheNetworkCallsToDeclareItsLayers() {
        Method[] ofPart = inherited(Class::getDeclaredClasses).stream()
                .filter(type -> type.getSimpleName().equals(RuntimeTypes.PART.simpleName()))
                .findFirst()
                .orElseThrow()
                .getDeclaredMethods();
        Method[] makingInitializers = inherited(Class::getDeclaredMethods).stream()
                .filter(method -> Modifier.isStatic(method.getModifiers()))
                .toArray(Method[]::new);

        assertThat(seenBySubclasses(ofPart))
                .containsAll(seenBySubclasses(makingInitializers))
                .contains("parameter", "statistic");
    }

    /** Inherited classes hide imported ones; no network may have this name. */
    @Test
    void networksInheritNoClassThatTheyImport() {
        assertThat(inherited(Class::getDeclaredClasses))
                .filteredOn(type -> !Modifier.isPrivate(type.getModifiers()))
                .extracting(Class::getSimpleName)
                .containsExactly(RuntimeTypes.PART.simpleName());
        assertThat(Penalty.class.getDeclaredClasses()).isEmpty();
        assertThat(GroupPenalty.class.getDeclaredClasses()).isEmpty();
    }

    @Test
    void noMethodOfNetworksHidesAKernel() {
        Stream<Method> kernels =
                Stream.of(Kernels.class, Losses.class).flatMap(type -> Arrays.stream(type.getMethods()));
        Set<String> names = seenBySubclasses(kernels.filter(method -> Modifier.isStatic(method.getModifiers()))
                .toArray(Method[]::new));

        assertThat(names).isNotEmpty().doesNotContainAnyElementsOf(inheritedMethods());
    }
}

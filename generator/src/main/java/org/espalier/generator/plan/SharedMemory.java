package org.espalier.generator.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.espalier.generator.ir.op.StridedLayout;
import org.espalier.generator.ir.op.Value;

/**
 * Memory that several values share: each is a stretch of every sample of the root, or is strewn over one. At any moment
 * at most one group of numbers matters in any place.
 */
final class SharedMemory {
    /** A value in a storage: {@code size} elements of each sample, from {@code offset} on, or some of these. */
    static final class Member {
        private final Value value;
        private final Lifetime lifetime;
        private long size;
        private SharedMemory storage;
        private long offset;

        private Member(Value value, Lifetime lifetime, SharedMemory storage) {
            this.value = value;
            this.lifetime = lifetime;
            this.size = value.shape().elements();
            this.storage = storage;
        }

        /** The value. */
        Value value() {
            return value;
        }

        /** The operations between which it matters. */
        Lifetime lifetime() {
            return lifetime;
        }

        /** The storage it is part of now. */
        SharedMemory storage() {
            return storage;
        }

        /** Tells whether the storage was made for this value, and so may be moved into another one. */
        boolean isRoot() {
            return storage.root == this;
        }

        /** Tells whether it covers its storage, so that its samples follow each other without gaps. */
        boolean isWhole() {
            return offset == 0 && size == storage.root.size;
        }

        private boolean isLastReadWhenWritten(Member heir) {
            return lifetime.lastRead() == heir.lifetime.written();
        }

        /** Tells whether it is the very same elements as another one. */
        boolean isAt(Member other) {
            return storage == other.storage && offset == other.offset && size == other.size;
        }
    }

    private final Member root;
    private final List<Member> members = new ArrayList<>();
    private Lifetime lifetime;
    private boolean reshaped;

    private SharedMemory(Value value, Lifetime lifetime) {
        this.root = new Member(value, lifetime, this);
        this.lifetime = lifetime;
        members.add(root);
    }

    /** A storage of a value's own. */
    static Member of(Value value, Lifetime lifetime) {
        return new SharedMemory(value, lifetime).root;
    }

    /** The value that the others are stretches of. */
    Member root() {
        return root;
    }

    /** From the first writing of a member to the last reading of one. */
    Lifetime lifetime() {
        return lifetime;
    }

    /** The same in other times, if any of its members matters there. */
    Optional<Lifetime> lifetime(Liveness times) {
        return members.stream()
                .flatMap(member -> times.find(member.value()).stream())
                .reduce(Lifetime::and);
    }

    /** Tells whether members see it under shapes that only memory without gaps between samples has. */
    boolean isReshaped() {
        return reshaped;
    }

    /**
     * Tells whether the numbers of this storage, moved into another one, would leave the numbers there alone, and be
     * left alone.
     *
     * @param place the member that its root would be congruent with
     * @param heir the member, here or there, that may take its place over from members at the very same place which are
     *     read for the last time by the operation that writes it
     */
    boolean fits(Member place, Member heir) {
        for (Member mine : members) {
            long start = place.offset + mine.offset;
            for (Member other : place.storage.members) {
                boolean overlap = start < other.offset + other.size && other.offset < start + mine.size;
                if (!overlap || !mine.lifetime.meets(other.lifetime)) {
                    continue;
                }
                boolean congruent = start == other.offset && mine.size == other.size;
                boolean handedOver = (mine == heir && other.isLastReadWhenWritten(heir))
                        || (other == heir && mine.isLastReadWhenWritten(heir));
                if (!congruent || !handedOver) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Moves the only value here into another storage, where it is seen by strides.
     *
     * @param layout of its elements there, where the storage is that of one value alone, or of others that are seen in
     *     it
     */
    void moveTo(Member place, StridedLayout layout) {
        boolean reshapes = layout.isContiguous() && !root.value.shape().equals(place.value.shape());
        Member moved = root;
        moveTo(place, layout.offset() - place.offset, reshapes);
        moved.size = layout.span();
    }

    /** Moves everything here into another storage. */
    void moveTo(Member place, long offset, boolean reshapes) {
        SharedMemory target = place.storage;
        long shift = place.offset + offset;
        for (Member member : members) {
            member.storage = target;
            member.offset += shift;
        }
        target.members.addAll(members);
        target.lifetime = target.lifetime.and(lifetime);
        target.reshaped |= reshaped || reshapes;
        members.clear();
    }
}

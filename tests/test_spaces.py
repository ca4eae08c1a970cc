import pytest

from envs import ConversationSpace, Message, TextSpace


@pytest.mark.parametrize("text", ["", "a b\n\tc", "naïve 漢字 😀", "\x00", "x" * 1000])
def test_any_unicode_text_is_an_action(text):
    assert text in TextSpace()


@pytest.mark.parametrize("thing", ["\ud800", b"bytes", 3, None, ["a"]])
def test_what_is_not_encodable_text_is_no_action(thing):
    assert thing not in TextSpace()


def test_a_text_may_be_as_long_as_the_cap_and_no_longer():
    assert "abc" in TextSpace(max_length=3)
    assert "abcd" not in TextSpace(max_length=3)


def test_samples_are_members_and_equal_seeds_give_equal_samples():
    first, second = TextSpace(seed=7), TextSpace(seed=7)
    drawn = [first.sample() for _ in range(200)]
    assert drawn == [second.sample() for _ in range(200)]
    assert all(text in first for text in drawn)
    assert any("\n" in text for text in drawn) and any(not text.isascii() for text in drawn)


def test_a_space_of_length_zero_samples_the_empty_text():
    assert TextSpace(max_length=0, seed=1).sample() == ""


def test_text_spaces_are_equal_when_their_caps_are_and_say_so():
    assert TextSpace(5) == TextSpace(5) != TextSpace(6)
    assert TextSpace(5) != ConversationSpace(5)
    assert repr(TextSpace(5)) == "TextSpace(max_length=5)"
    assert repr(ConversationSpace(5)) == "ConversationSpace(max_length=5)"


def test_a_negative_cap_is_refused():
    with pytest.raises(ValueError, match="must not be negative, got -1"):
        TextSpace(-1)


def test_a_conversation_is_a_non_empty_tuple_of_messages_of_known_roles():
    hello = Message(role="user", content="hello\nworld")
    space = ConversationSpace()
    assert (hello,) in space
    assert () not in space
    assert [hello] not in space
    assert (hello, "hello") not in space
    assert (Message(role="tool", content="x"),) not in space  # type: ignore[arg-type]
    assert (Message(role="user", content="\udfff"),) not in space


def test_sampled_conversations_are_members_and_repeat_with_the_seed():
    first, second = ConversationSpace(seed=3), ConversationSpace(seed=3)
    drawn = [first.sample() for _ in range(50)]
    assert drawn == [second.sample() for _ in range(50)]
    assert all(conversation in first for conversation in drawn)


def test_conversations_survive_the_way_through_json():
    space = ConversationSpace(seed=3)
    drawn = [space.sample() for _ in range(5)]
    assert space.from_jsonable(space.to_jsonable(drawn)) == drawn


def test_masks_are_refused_rather_than_ignored():
    with pytest.raises(ValueError, match="cannot be masked"):
        TextSpace().sample(mask=1)

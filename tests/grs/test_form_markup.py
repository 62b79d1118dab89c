"""Every form in the design system's markup, readable by a screen reader."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation


class Filing(forms.Form):
    sensitive = forms.ChoiceField(
        label="Is it about an official?",
        widget=forms.RadioSelect,
        choices=[("y", "Yes"), ("n", "No")],
    )
    text = forms.CharField(
        label="What happened?", widget=forms.Textarea, max_length=4000, help_text="In your words."
    )
    reach = forms.ChoiceField(
        label="May we reach you?", widget=forms.RadioSelect, choices=[("mail", "Yes"), ("no", "No")]
    )
    mail = forms.EmailField(label="E-mail", required=False)
    agree = forms.BooleanField(label="I agree")
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sensitive"].widget.hints = {"y": "Then it is sealed."}
        self.fields["reach"].widget.reveals = {"mail": "mail"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def summary(form):
    return Template("{% load portal %}{% error_summary form %}").render(Context({"form": form}))


def test_a_field_has_a_label_and_a_hint_that_the_control_names():
    html = str(Filing())
    assert 'for="id_text"' in html
    assert 'id="id_text_helptext"' in html
    assert re.search(r'<textarea[^>]*aria-describedby="id_text_helptext id_text-info"', html)


def test_radios_stand_in_a_fieldset_with_a_legend():
    html = str(Filing())
    assert re.search(r"<fieldset[^>]*>\s*<legend[^>]*>Is it about an official\?", html)
    assert 'id="id_sensitive_0_helptext"' in html
    assert 'aria-describedby="id_sensitive_0_helptext"' in html


def test_a_mistake_is_told_at_the_field_and_in_the_summary_with_a_link_to_it():
    form = Filing({"text": ""})
    html, top = str(form), summary(form)
    assert 'id="id_text_error"' in html
    assert "govuk-textarea--error" in html
    assert 'aria-invalid="true"' in html
    for target in ("#id_text", "#id_sensitive_0", "#id_reach_0", "#id_agree"):
        assert f'href="{target}"' in top
        assert f'id="{target[1:]}"' in html


def test_the_summary_names_the_field_where_the_message_is_a_general_one():
    assert "What happened? – This field is required." in summary(Filing({"text": ""}))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"number": "0"}, "How many? – Ensure this value is greater than or equal to 1."),
        ({"number": "six"}, "How many? – Enter a whole number."),
        ({"number": "1", "way": "smoke"}, "Which way? – Select a valid choice. smoke is not"),
        ({"number": "1", "name": "x" * 6}, "Name – Ensure this value has at most 5 characters"),
        ({"number": "7"}, ">Not a seventh one.<"),
        ({"number": ""}, ">Say how many.<"),
    ],
)
def test_so_it_does_with_a_limit_or_a_choice_and_never_before_words_of_our_own(given, says):
    class Asked(forms.Form):
        number = forms.IntegerField(
            label="How many?", min_value=1, error_messages={"required": "Say how many."}
        )
        way = forms.ChoiceField(label="Which way?", choices=[("web", "Web")], required=False)
        name = forms.CharField(max_length=5, required=False)

        def clean_number(self):
            if self.cleaned_data["number"] == 7:
                raise forms.ValidationError("Not a seventh one.")
            return self.cleaned_data["number"]

    with translation.override("en"):
        assert says in summary(Asked(given))


def test_a_label_has_the_same_digits_in_the_summary_as_above_its_field():
    class Joined(forms.Form):
        url = forms.CharField(label="Open311", max_length=5)

    with translation.override("bn"):
        html = summary(Joined({"url": "x" * 61}))
    assert ">Open311 – " in html
    assert "৬১" in html


class Coded(forms.Form):
    """A form whose checks name what was typed."""

    place = forms.CharField(max_length=5, min_length=2, required=False)

    def clean_place(self):
        typed = self.cleaned_data["place"]
        raise forms.ValidationError(
            "No place has the code %(code)s. There are %(count)d, one is “%(one)s”.",
            params={"code": typed, "count": 64, "one": "3 4"},
        )

    def clean(self):
        raise forms.ValidationError("“w3.py” is larger than 10 MB.")


def test_codes_and_what_was_typed_stand_as_they_are_at_the_field_and_in_the_summary():
    with translation.override("bn"):
        form = Coded({"place": "3.47"})
        html, at_the_field = summary(form), str(form)
    for shown in (html, at_the_field):
        assert "No place has the code 3.47. There are ৬৪, one is “3 4”." in shown
    assert "“w3.py” is larger than ১০ MB." in html


def test_a_sentence_of_django_has_the_readers_digits():
    with translation.override("bn"):
        html = str(Coded({"place": "3.47.12.5"}))
    assert "৫" in html
    assert "৯" in html


def test_no_summary_before_anything_was_sent():
    assert summary(Filing()).strip() == ""


def test_a_field_that_a_choice_asks_for_is_shown_once_and_below_it():
    html = str(Filing())
    assert html.count('id="id_mail"') == 1
    assert re.search(r'app-reveal">.*id="id_mail"', html, re.DOTALL)


def test_a_field_that_may_be_left_out_says_so():
    html = str(Filing())
    assert html.count("(optional)") == 1


def test_what_was_typed_comes_back_escaped():
    html = str(Filing({"text": "</textarea><script>alert(1)</script>"}))
    assert "<script>" not in html


def test_hidden_fields_are_kept():
    assert 'type="hidden" name="key"' in str(Filing())


def test_no_inline_style_or_handler_breaks_the_content_policy():
    html = str(Filing({}))
    assert "style=" not in html
    assert "onclick" not in html


def test_what_people_wrote_into_names_of_fields_is_never_markup():
    class Named(forms.Form):
        text = forms.CharField(label="<b>a&b", required=False)
        some = forms.ChoiceField(
            label="<i>", widget=forms.RadioSelect, choices=[("<u>", "<u>")], required=False
        )
        yes = forms.BooleanField(label="<s>", required=False)

    html = str(Named())
    for sign in ("<b>", "<i>", "<u>", "<s>"):
        assert sign not in html
    assert "&lt;b&gt;a&amp;b" in html


def test_a_field_can_be_the_heading_of_its_page():
    form = Filing()
    for name, tag in (("text", "govuk-label-wrapper"), ("sensitive", "govuk-fieldset__heading")):
        html = Template("{% load portal %}{% field bound heading=True size='l' %}").render(
            Context({"bound": form[name]})
        )
        assert f'<h1 class="{tag}">' in html
        assert "--l" in html

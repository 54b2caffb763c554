"""Competency questions: a query with a header, asked with parameters that are RDF terms, answered with n of N.

`read_questions` gives them from their files, `read_choices` what their parameters may be in a graph, and
`ask_question` an answer. Nothing here opens a store or a socket: whoever asks hands in what evaluates SPARQL.
"""

from kg.questions.answer import Answer, ask_question
from kg.questions.choices import Choice, Choices, read_choices
from kg.questions.parameters import ParameterError, bound_values
from kg.questions.question import GROUPS, Parameter, Question, near_questions, read_question, read_questions
from kg.questions.table import Asker, Table

__all__ = [
    "GROUPS",
    "Answer",
    "Asker",
    "Choice",
    "Choices",
    "Parameter",
    "ParameterError",
    "Question",
    "Table",
    "ask_question",
    "bound_values",
    "near_questions",
    "read_choices",
    "read_question",
    "read_questions",
]

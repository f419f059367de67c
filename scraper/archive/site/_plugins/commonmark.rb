# The archive's Markdown is CommonMark with tables. kramdown, which Jekyll brings, takes more things
# for markup, which would change what an article says. Where plugins are not run (GitHub Pages), the
# site is built all the same, with kramdown's reading of the few articles that this is about.
require "kramdown"
require "kramdown-parser-gfm"

module ArchiveMarkdown
  # Mathematics, attribute lists, footnotes, abbreviations, definition lists, nicer punctuation.
  EXTENSIONS = %i[
    block_math block_extensions footnote_definition abbrev_definition definition_list eob_marker
    inline_math span_extensions footnote_marker smart_quotes typographic_syms
  ].freeze

  # GFM, section 4.10: the second line of a table is a row of hyphens between its bars.
  TABLE = /\A[^\n]*\|[^\n]*\n {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*(?:\n|\z)/

  # CommonMark, section 2.4: any ASCII punctuation may be escaped.
  ESCAPED = /\\([!-\/:-@\[-`{-~])/

  def initialize(source, options)
    super
    @block_parsers -= EXTENSIONS
    @span_parsers -= EXTENSIONS
    @span_parsers.map! { |name| name == :escaped_chars_gfm ? :any_escaped_chars : name }
  end

  def parse_table
    TABLE.match?(@src.rest) ? super : false
  end

  # CommonMark, section 4.6: a comment ends with its line, and a heading may follow at once.
  def after_block_boundary?
    last = @tree.children.last
    super || last&.type == :xml_comment
  end
end

Kramdown::Parser::GFM.class_eval do
  define_parser(:any_escaped_chars, ArchiveMarkdown::ESCAPED, '\\\\', :parse_escaped_chars)
  prepend ArchiveMarkdown
end

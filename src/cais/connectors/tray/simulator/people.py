"""Invented buyers: names, streets and documents with right check digits, cities with a plausible postal code."""

import random
import string
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words("""
Adriana Alice Amanda Ana Antônio Aparecida Arthur Beatriz Benedito Bento Bruna Bruno Caio Camila
Carla Cecília Cláudio Clara Daniel Débora Diego Eduarda Elisa Érica Fábio Fernanda Francisca Gabriel
Glória Gustavo Heitor Helena Heloísa Igor Irene Isabela Jéssica João Joaquim Josefa Juliana Larissa
Leandro Letícia Lívia Lucas Luana Luíza Marcelo Márcia Marina Mateus Miguel Nair Natália Otávio
Patrícia Paulo Rafaela Raimundo Renata Rodrigo Rosângela Samuel Sílvia Sofia Tereza Tomás Valéria
Vicente Vitória Yara
""")
_LAST = _words("""
Almeida Alves Amaral Andrade Araújo Azevedo Barbosa Barros Batista Borges Braga Brito Cardoso
Carvalho Castro Cavalcante Coelho Correia Costa Cunha Dantas Dias Duarte Farias Fernandes Ferreira
Figueiredo Fonseca Freitas Gomes Guimarães Lacerda Leal Lima Lopes Macedo Machado Magalhães Marques
Martins Medeiros Mendonça Moraes Moura Nascimento Neves Nogueira Oliveira Pacheco Paiva Peixoto
Pinheiro Pires Queiroz Ramos Rezende Ribeiro Rocha Sá Salgado Sampaio Santana Teixeira Valente Viana
Xavier
""")
_STREETS = tuple(
    """Rua das Acácias|Rua do Sabiá|Avenida Beira-Rio|Rua da Estação|Travessa do Ipê|Rua das Palmeiras
Rua Boa Esperança|Avenida Getúlio Vargas|Rua Sete de Setembro|Rua Quinze de Novembro|Alameda dos Jacarandás
Rua da Matriz|Rua do Comércio|Avenida Brasil|Rua das Flores|Rua Tiradentes|Rua Santos Dumont|Rua da Paz
Rua do Porto|Ladeira do Farol|Rua dos Ferroviários|Rua das Orquídeas|Avenida Independência|Rua da Praia
Rua São José|Rua Santa Rita|Rua Marechal Deodoro|Avenida das Nações|Rua do Moinho|Rua dos Pinheirais
Rua da Fonte|Rua do Cedro|Rua Vinte e Quatro de Maio|Rua da Alegria|Travessa das Garças|Rua do Horizonte
Rua dos Tropeiros|Avenida Central|Rua das Laranjeiras|Rua do Engenho|Rua Princesa Isabel|Rua Barão do Rio Branco
Rua Dom Pedro II|Rua da Serra""".replace("\n", "|").split("|")
)
_DISTRICTS = ("Centro", "Jardim América", "Vila Nova", "Boa Vista", "São Francisco", "Santa Luzia", "Bela Vista")
_COMPLEMENTS = ("", "", "", "Apto 32", "Casa 2", "Bloco B apto 104", "Fundos", "Sala 5")
_TRADES = ("Cozinha", "Empório", "Restaurante", "Pousada", "Café", "Padaria", "Presentes", "Utilidades")
_FORMS = ("Ltda.", "Comércio Ltda.", "ME", "Serviços Ltda.")

# City | UF | area code | first five digits of its postal codes, from and to
CITIES = tuple(
    tuple(line.split("|"))
    for line in """São Paulo|SP|11|01000|05999
Campinas|SP|19|13010|13139
Santos|SP|13|11010|11095
Marília|SP|14|17500|17529
Ribeirão Preto|SP|16|14010|14114
Sorocaba|SP|15|18010|18109
São José dos Campos|SP|12|12210|12248
Rio de Janeiro|RJ|21|20010|23799
Niterói|RJ|21|24010|24399
Petrópolis|RJ|24|25610|25779
Volta Redonda|RJ|24|27210|27299
Belo Horizonte|MG|31|30110|31999
Uberlândia|MG|34|38400|38415
Juiz de Fora|MG|32|36010|36099
Poços de Caldas|MG|35|37701|37719
Vitória|ES|27|29010|29099
Vila Velha|ES|27|29100|29129
Curitiba|PR|41|80010|82999
Londrina|PR|43|86010|86099
Maringá|PR|44|87010|87099
Florianópolis|SC|48|88010|88099
Joinville|SC|47|89201|89239
Blumenau|SC|47|89010|89099
Porto Alegre|RS|51|90010|91999
Caxias do Sul|RS|54|95010|95124
Pelotas|RS|53|96010|96099
Brasília|DF|61|70040|70999
Goiânia|GO|62|74003|74899
Anápolis|GO|62|75020|75149
Cuiabá|MT|65|78005|78099
Campo Grande|MS|67|79002|79124
Salvador|BA|71|40010|42499
Feira de Santana|BA|75|44001|44099
Aracaju|SE|79|49010|49098
Maceió|AL|82|57010|57099
Recife|PE|81|50010|52999
Caruaru|PE|81|55002|55099
João Pessoa|PB|83|58010|58099
Natal|RN|84|59010|59139
Fortaleza|CE|85|60010|61599
Teresina|PI|86|64000|64099
São Luís|MA|98|65010|65109
Belém|PA|91|66010|66999
Macapá|AP|96|68900|68911
Manaus|AM|92|69005|69099
Porto Velho|RO|69|76801|76834
Rio Branco|AC|68|69900|69924
Boa Vista|RR|95|69301|69339
Palmas|TO|63|77001|77249""".splitlines()
)
_ALPHANUMERIC = string.digits + string.ascii_uppercase


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A buyer and one address; exactly one of ``cpf`` and ``cnpj`` is filled, postal code in digits."""

    name: str
    email: str
    phone: str
    birth_date: str
    gender: str
    cpf: str = ""
    cnpj: str = ""
    company_name: str = ""
    state_inscription: str = ""
    address: str
    number: str
    complement: str
    neighborhood: str
    city: str
    state: str
    zip_code: str


def _mod11(values: list[int], weights: list[int]) -> int:
    rest = sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


def cpf(rng: random.Random) -> str:
    """Eleven digits, both check digits right, never one digit repeated."""
    digits = [rng.randrange(10) for _ in range(8)] + [rng.randrange(1, 10)]
    if len(set(digits)) == 1:
        digits[0] = (digits[0] + 1) % 10
    digits.append(_mod11(digits, list(range(10, 1, -1))))
    digits.append(_mod11(digits, list(range(11, 1, -1))))
    return "".join(map(str, digits))


def impossible_cpf(rng: random.Random) -> str:
    """Eleven digits whose last check digit is wrong."""
    right = cpf(rng)
    return right[:-1] + str((int(right[-1]) + 1) % 10)


def cnpj(rng: random.Random, *, letters: bool = False) -> str:
    """Fourteen characters; with ``letters`` in the form that is valid since July 2026."""
    alphabet = _ALPHANUMERIC if letters else string.digits
    root = rng.choice(string.ascii_uppercase if letters else "123456789")
    body = root + "".join(rng.choice(alphabet) for _ in range(7)) + "0001"
    values = [ord(character) - 48 for character in body]
    weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    values.append(_mod11(values, weights[1:]))
    values.append(_mod11(values, weights))
    return f"{body}{values[-2]}{values[-1]}"


def person(rng: random.Random, *, company: bool = False, letters: bool = False) -> Person:
    """A new invented buyer."""
    first, middle, last = rng.choice(_FIRST), rng.choice(_LAST), rng.choice(_LAST)
    city, state, area, lowest, highest = rng.choice(CITIES)
    trade = f"{rng.choice(_TRADES)} {last} {rng.choice(_FORMS)}" if company else ""
    return Person(
        name=f"{first} {middle} {last}",
        email=f"{_plain(first)}.{_plain(last)}{rng.randrange(100, 1000)}@exemplo.com.br",
        phone=f"{area}9{rng.randrange(6000_0000, 1_0000_0000)}",
        birth_date=f"{rng.randrange(1950, 2006)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        gender=rng.choice("01"),
        cpf="" if company else cpf(rng),
        cnpj=cnpj(rng, letters=letters) if company else "",
        company_name=trade,
        state_inscription=rng.choice(("Isento", "")) if company else "",
        address=rng.choice(_STREETS),
        number=str(rng.randrange(1, 2400)),
        complement=rng.choice(_COMPLEMENTS),
        neighborhood=rng.choice(_DISTRICTS),
        city=city,
        state=state,
        zip_code=f"{rng.randrange(int(lowest), int(highest) + 1):05d}{rng.randrange(1000):03d}",
    )


def _plain(name: str) -> str:
    return name.lower().translate(str.maketrans("áàâãéêíóôõúüç", "aaaaeeiooouuc"))
